"""From an approved line to a confirmed delivery: lists, the page of an assignment, what went wrong."""
