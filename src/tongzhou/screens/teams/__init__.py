"""The way into teams: a coordinator opens an entrance, somebody scans its code and is a volunteer."""
