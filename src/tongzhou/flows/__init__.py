"""One file for each act that crosses rooms; a flow reads from top to bottom."""
