"""Tables people work with: addresses understood, facets with honest counts, pages by cursor, export of what is seen.

A screen declares a `Table` once (columns, facets, sorts); `read` turns an address into `Asked`, `sheet` into a page and
`export` into a file. The address is the whole state, so every view can be kept, sent and come back to. Nothing here
knows a noun of the field, and nothing widens what the caller's queryset already allows.
"""

from tongzhou.kernel.tables.asked import Asked, read
from tongzhou.kernel.tables.counts import capped_counts, capped_grid, count_text
from tongzhou.kernel.tables.declared import Cell, Choice, Column, Facet, Sort, Table
from tongzhou.kernel.tables.download import download
from tongzhou.kernel.tables.files import csv_chunks, row_count, xlsx_file
from tongzhou.kernel.tables.paging import narrow, ordered
from tongzhou.kernel.tables.sheet import Sheet, sheet

__all__ = [
    "Asked",
    "Cell",
    "Choice",
    "Column",
    "Facet",
    "Sheet",
    "Sort",
    "Table",
    "capped_counts",
    "capped_grid",
    "count_text",
    "csv_chunks",
    "download",
    "narrow",
    "ordered",
    "read",
    "row_count",
    "sheet",
    "xlsx_file",
]
