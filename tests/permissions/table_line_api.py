"""The line and the guides in the API, in the permission table; `table.py` explains columns and verdicts."""

from __future__ import annotations

__all__ = ["LINE_API_TABLE"]

LINE_API_TABLE = """
address                         method object  anon  volu veri coor away line liai offi offx anal admi weak auth revi publ coun coux supe supx

# what everybody may know of a line: that it is there, and how long one waits
api-1:list_lines                GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
api-1:read_line                 GET    pline   ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok

# its people and rosters: officers of its organisation, its own supervisors
api-1:list_line_people          GET    pline   login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    ok   -
api-1:list_line_shifts          GET    pline   login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    ok   -
api-1:report_sickness           POST   pline   login -    -    -    -    -    -    ok   -    -    -    login -    -    -    -    -    ok   -

# its figures: whose grant reaches services in Wuhan; `coor` and `line` work on other lines
api-1:read_line_figures         GET    pline   login -    -    -    -    -    ok   -    -    ok   -    2nd  -    -    -    -    -    ok   ok

# that there are contacts and calls, never what or who: the people of lines in the area, each their own contacts
api-1:list_line_contacts        GET    pline   login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   ok   ok   ok
api-1:count_line_callbacks      GET    pline   login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   ok   ok   ok

# everybody's own shifts; `pshift` is of `coun`
api-1:list_own_shifts           GET    -       login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   ok   ok   ok
api-1:list_own_swaps            GET    -       login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   ok   ok   ok
api-1:list_colleagues           GET    pshift  login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   -    -    -
api-1:ask_swap                  POST   pshift  login -    -    -    -    -    -    -    -    -    -    login -    -    -    ok   -    -    -
api-1:report_own_sickness       POST   -       login -    -    -    -    -    -    -    -    -    -    login -    -    -    ok   ok   ok   ok

# read and agreed to by whoever works here
api-1:acknowledge_guide         POST   guide   login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   login ok   ok   ok   ok   ok   ok   ok
api-1:acknowledge_guide         POST   draft   login -    -    -    -    -    -    -    -    -    -    login -    -    -    -    -    -    -
"""
