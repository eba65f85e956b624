"""The queue of people who asked to be called."""
