"""Rosters of the line: made, looked through, published; own shifts on a phone. `/line/rosters/`, `/line/my/`."""
