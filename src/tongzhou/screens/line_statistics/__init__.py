"""`/line/figures/`: what the line did in a month, as counts; few are hidden."""
