"""`/calls/…/papers/`, `/cases/`: forms, cases, referrals, the glass; `/talk/own/`: what the caller decides."""
