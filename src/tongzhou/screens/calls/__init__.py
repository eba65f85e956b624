"""`/calls/`: the counsellor's one screen, and the supervisor's board."""
