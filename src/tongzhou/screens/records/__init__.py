"""Lists and record pages of needs, offers and leads: facets, bulk edit, export, history, undo."""
