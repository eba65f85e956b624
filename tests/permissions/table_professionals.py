"""The pages of professionals in the permission table; `table.py` explains columns and verdicts."""

from __future__ import annotations

__all__ = ["PROFESSIONALS_TABLE"]

PROFESSIONALS_TABLE = """
address                         method object  anon  volu veri coor away line liai offi offx anal admi weak auth revi publ coun coux supe supx

# the people of the line: officers of its organisation, its own supervisors; joining is open to all
people_line:home                GET    -       login -    -    -    -    -    -    ok   ok   -    -    2nd  -    -    -    -    -    ok   ok
people_line:new_line            GET    -       login -    -    -    -    -    -    ok   ok   -    -    2nd  -    -    -    -    -    -    -
people_line:new_line            POST   -       login -    -    -    -    -    -    ok   ok   -    -    2nd  -    -    -    -    -    -    -
people_line:line                GET    pline   login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    ok   -
people_line:settings            GET    pline   login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    -    -
people_line:settings            POST   pline   login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    -    -
people_line:skill               GET    pskill  login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    -    -
people_line:skill               POST   pskill  login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    -    -
people_line:items               GET    pline   login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    ok   -
people_line:items               POST   pline   login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    -    -
people_line:kinds               GET    pline   login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    ok   -
people_line:kinds               POST   pline   login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    ok   -
people_line:groups              GET    pline   login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    ok   -
people_line:groups              POST   pline   login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    ok   -
people_line:check               GET    pline   login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    ok   -
people_line:check               POST   pline   login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    ok   -
people_line:trained             POST   pline   login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    ok   -
people_line:invitations         POST   pline   login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    ok   -
people_line:export              POST   pline   login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    ok   -
people_line:call                GET    pline   login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    -    -
people_line:call                POST   pline   login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    -    -
people_line:close_call          POST   pline   login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    -    -
people_line:import              GET    pline   login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    -    -
people_line:import              POST   pline   login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    -    -
people_line:template            GET    pline   login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    -    -
people_line:import_batch        GET    pimport login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    -    -
people_line:import_batch        POST   pimport login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    -    -
people_line:person              GET    ppers   login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    ok   -
people_line:person_act          POST   ppers   login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    ok   -
people_line:join                GET    pcall   ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
people_line:join                POST   pcall   ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
people_line:application         GET    papp    ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
people_line:application         POST   papp    ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
people_line:application         GET    pappx   -     -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -
people_line:application         POST   pappx   -     -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -

# its rosters, and everybody's own shifts
line_rosters:home               GET    -       login -    -    -    -    -    -    ok   ok   -    -    2nd  -    -    -    -    -    ok   ok
line_rosters:line               GET    pline   login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    ok   -
line_rosters:new                GET    pline   login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    ok   -
line_rosters:new                POST   pline   login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    ok   -
line_rosters:arrivals           GET    pline   login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    -    -
line_rosters:arrivals           POST   pline   login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    -    -
line_rosters:sick               GET    pline   login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    ok   -
line_rosters:sick               POST   pline   login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    ok   -
line_rosters:decide_swap        POST   pswap   login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    ok   -
line_rosters:roster             GET    proster login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    ok   -
line_rosters:progress           GET    proster login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    ok   -
line_rosters:coverage           GET    proster login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    ok   -
line_rosters:publish            POST   proster login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    ok   -
line_rosters:cancel             POST   proster login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    ok   -
line_rosters:export             POST   proster login -    -    -    -    -    -    ok   -    -    -    2nd  -    -    -    -    -    ok   -
line_rosters:my                 GET    -       login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   ok   ok   ok
line_rosters:handover           POST   -       login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   ok   ok   ok
line_rosters:times              GET    -       login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   ok   ok   ok
line_rosters:times              POST   -       login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   ok   ok   ok
line_rosters:training           GET    -       login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   ok   ok   ok
line_rosters:training           POST   -       login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   ok   ok   ok
line_rosters:own_sick           GET    -       login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   ok   ok   ok
line_rosters:own_sick           POST   -       login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   ok   ok   ok
line_rosters:swap               GET    pshift  login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   -    -    -
line_rosters:swap               POST   pshift  login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   -    -    -
line_rosters:act                POST   preach  login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    -    -    ok   ok
"""
