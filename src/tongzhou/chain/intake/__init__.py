"""A need or an offer as it was said; the raw form is kept for ever."""
