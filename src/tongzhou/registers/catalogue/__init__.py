"""Kinds of goods, services and funds; what each response changes in the list."""
