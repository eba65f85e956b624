"""The people of the line: recruitment, licences, training, supervision, availability, rosters."""
