"""Written addresses to division codes, and the tree of places."""

from tongzhou_engines.gazetteer.matcher import Gazetteer, Match
from tongzhou_engines.gazetteer.places import NATION, PlaceTree, division_depth

__all__ = ["NATION", "Gazetteer", "Match", "PlaceTree", "division_depth"]
