"""Is it real, is it double, how urgent: verification."""
