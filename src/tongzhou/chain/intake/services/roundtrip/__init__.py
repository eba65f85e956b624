"""The needs table out to Excel with locked ids and back: differences cell by cell, conflicts side by side."""
