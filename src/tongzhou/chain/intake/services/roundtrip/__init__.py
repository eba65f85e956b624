"""The needs table goes out to Excel with locked ids and comes back: differences cell by cell, conflicts side by side."""
