"""Forms of intake: fields that people type into, and what every public form has in common."""
