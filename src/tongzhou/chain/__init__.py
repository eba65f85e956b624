"""The way of the work (秩序链). A later room may read an earlier one, never the reverse; import-linter holds it."""

#: The rooms in their order.
ORDER = ("intake", "triage", "planning", "dispatch", "delivery", "evaluation")
