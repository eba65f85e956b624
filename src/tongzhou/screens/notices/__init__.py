"""What people are told, how they want to be told, the channels out of the house, calendars of tasks; no tables."""
