"""`/telephone/`: what exchanges tell the line of their calls; `/line/telephone/`: which exchanges there are."""
