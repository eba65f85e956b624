"""The situation on one A4: figures, gaps, asks, how fresh each is; on screen, on paper, as PDF."""
