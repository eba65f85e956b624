"""Tables come in: upload, look, correct, accept, undo; paste from Excel; the round trip of the needs table."""
