"""Written names of goods and services -> categories, with units, substitutes, standards and licences.

Rules, sources and limits: docs/methods/catalogue.md. How to add one: docs/howto/add-a-category.md.
"""

from tongzhou_engines.catalogue.category import KINDS, STAGES, Category, UnitFactors
from tongzhou_engines.catalogue.details import (
    Licence,
    Maximum,
    Standard,
    Substitution,
    bases,
    licences,
    maxima,
    refused_substitutions,
    standards,
    substitutions,
)
from tongzhou_engines.catalogue.matching import Candidate, Found
from tongzhou_engines.catalogue.model import Catalogue
from tongzhou_engines.catalogue.normalising import normalise
from tongzhou_engines.catalogue.table import TABLE_SCHEMA

__all__ = [
    "KINDS",
    "STAGES",
    "TABLE_SCHEMA",
    "Candidate",
    "Catalogue",
    "Category",
    "Found",
    "Licence",
    "Maximum",
    "Standard",
    "Substitution",
    "UnitFactors",
    "bases",
    "licences",
    "maxima",
    "normalise",
    "refused_substitutions",
    "standards",
    "substitutions",
]
