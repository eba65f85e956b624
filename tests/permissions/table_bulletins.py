"""The pages of bulletins in the permission table; `table.py` explains columns and verdicts."""

from __future__ import annotations

__all__ = ["BULLETINS_TABLE"]

BULLETINS_TABLE = """
address                         method object           anon  volu veri coor away line liai offi offx anal admi weak auth revi publ coun coux supe supx

# bulletins for everybody: list, card, feeds; what is not published is not there
bulletins:list                  GET    -                ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
bulletins:place                 GET    in_wuhan         ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
bulletins:feed                  GET    -                ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
bulletins:place_feed            GET    in_wuhan         ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
bulletins:cap_feed              GET    -                ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
bulletins:place_cap_feed        GET    in_wuhan         ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
bulletins:card                  GET    bulletin         ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
bulletins:picture               GET    bulletin         ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
bulletins:drawing               GET    bulletin         ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
bulletins:cap                   GET    bulletin         ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
bulletins:cap_sent              GET    bulletin         ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
bulletins:card                  GET    bulletin_draft   -     -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -
bulletins:cap                   GET    bulletin_checked -     -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -

# the desk: authors write, reviewers and publishers verify, publishers publish and end; nobody deletes
bulletins:desk                  GET    -                login -    -    -    -    -    -    -    -    -    -    2nd  ok   ok   ok   -    -    -    -
bulletins:new                   GET    -                login -    -    -    -    -    -    -    -    -    -    2nd  ok   -    ok   -    -    -    -
bulletins:new                   POST   -                login -    -    -    -    -    -    -    -    -    -    2nd  ok   -    ok   -    -    -    -
bulletins:one                   GET    bulletin_draft   login -    -    -    -    -    -    -    -    -    -    2nd  ok   ok   ok   -    -    -    -
bulletins:edit                  GET    bulletin_draft   login -    -    -    -    -    -    -    -    -    -    2nd  ok   -    ok   -    -    -    -
bulletins:edit                  POST   bulletin_draft   login -    -    -    -    -    -    -    -    -    -    2nd  ok   -    ok   -    -    -    -
bulletins:verify                POST   bulletin_draft   login -    -    -    -    -    -    -    -    -    -    2nd  -    ok   ok   -    -    -    -
bulletins:send_back             POST   bulletin_draft   login -    -    -    -    -    -    -    -    -    -    2nd  -    ok   ok   -    -    -    -
bulletins:publish               POST   bulletin_checked login -    -    -    -    -    -    -    -    -    -    2nd  -    -    ok   -    -    -    -
bulletins:correct               GET    bulletin         login -    -    -    -    -    -    -    -    -    -    2nd  ok   -    ok   -    -    -    -
bulletins:correct               POST   bulletin         login -    -    -    -    -    -    -    -    -    -    2nd  ok   -    ok   -    -    -    -
bulletins:end                   POST   bulletin         login -    -    -    -    -    -    -    -    -    -    2nd  -    -    ok   -    -    -    -
bulletins:correction_publish    POST   correction       login -    -    -    -    -    -    -    -    -    -    2nd  -    -    ok   -    -    -    -
bulletins:correction_drop       POST   correction       login -    -    -    -    -    -    -    -    -    -    2nd  ok   -    ok   -    -    -    -
bulletins:pages                 GET    -                login -    -    -    -    -    -    -    -    -    -    2nd  ok   -    ok   -    -    -    -
bulletins:pages                 POST   -                login -    -    -    -    -    -    -    -    -    -    2nd  ok   -    ok   -    -    -    -
bulletins:page                  GET    page             login -    -    -    -    -    -    -    -    -    -    2nd  ok   ok   ok   -    -    -    -
bulletins:page                  POST   page             login -    -    -    -    -    -    -    -    -    -    2nd  ok   -    ok   -    -    -    -
bulletins:release               POST   page             login -    -    -    -    -    -    -    -    -    -    2nd  -    ok   ok   -    -    -    -
bulletins:raw                   GET    page             login -    -    -    -    -    -    -    -    -    -    2nd  ok   ok   ok   -    -    -    -

# the directory of help
directory:search                GET    -                ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
directory:hsds                  GET    -                ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
directory:csv                   GET    -                ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
directory:one                   GET    helping          ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
directory:desk                  GET    -                login -    -    -    -    -    -    -    -    -    -    2nd  ok   ok   ok   -    -    -    -
directory:new                   GET    -                login -    -    -    -    -    -    -    -    -    -    2nd  ok   -    ok   -    -    -    -
directory:new                   POST   -                login -    -    -    -    -    -    -    -    -    -    2nd  ok   -    ok   -    -    -    -
directory:import                GET    -                login -    -    -    -    -    -    -    -    -    -    2nd  ok   -    ok   -    -    -    -
directory:import                POST   -                login -    -    -    -    -    -    -    -    -    -    2nd  ok   -    ok   -    -    -    -
directory:entry                 GET    helping          login -    -    -    -    -    -    -    -    -    -    2nd  ok   ok   ok   -    -    -    -
directory:edit                  GET    helping          login -    -    -    -    -    -    -    -    -    -    2nd  ok   -    ok   -    -    -    -
directory:edit                  POST   helping          login -    -    -    -    -    -    -    -    -    -    2nd  ok   -    ok   -    -    -    -
directory:verify                POST   helping          login -    -    -    -    -    -    -    -    -    -    2nd  ok   ok   ok   -    -    -    -
directory:withdraw              POST   helping          login -    -    -    -    -    -    -    -    -    -    2nd  ok   -    ok   -    -    -    -

# the API: public, read only
api-1:list_bulletins            GET    -                ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
api-1:read_bulletin             GET    bulletin         ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
api-1:list_directory            GET    -                ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
api-1:read_directory            GET    helping          ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
api-1:read_bulletin             GET    bulletin_draft   -     -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -
"""
