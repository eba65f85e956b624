"""What arrived, what was missing, who signed."""
