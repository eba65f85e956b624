"""Who does what where: gaps, overlaps, what others cover, the 3W export."""
