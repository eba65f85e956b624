"""Pages that show several rooms at once; no models of their own."""
