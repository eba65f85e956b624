"""Before the first command: Python, the environment, the parts a machine lacks. Standard library only."""
