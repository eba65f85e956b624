"""Living cards: a need as text and picture that shows, when scanned, what is true at that moment."""
