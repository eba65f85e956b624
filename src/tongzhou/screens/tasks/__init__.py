"""A volunteer's pages: my next task, tasks to take, one task from claim to receipt, with or without a network."""
