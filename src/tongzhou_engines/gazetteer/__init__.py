"""Written addresses to division codes, and the tree of places."""

from tongzhou_engines.gazetteer.places import NATION, PlaceTree, division_depth

__all__ = ["NATION", "PlaceTree", "division_depth"]
