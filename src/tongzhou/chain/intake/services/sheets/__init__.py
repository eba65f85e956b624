"""Sheets into the desk: kept as they came, read by the engine, compared with what is there, accepted, undone."""
