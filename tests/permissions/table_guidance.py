"""The pages of guidance in the permission table; `table.py` explains columns and verdicts."""

from __future__ import annotations

__all__ = ["GUIDANCE_TABLE"]

GUIDANCE_TABLE = """
address                         method object  anon  volu veri coor away line liai offi offx anal admi weak auth revi publ coun coux supe supx

# read by anybody, taken along, through the API
guidance:list                   GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
guidance:guide                  GET    guide   ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
guidance:version                GET    guide   ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
guidance:pdf                    GET    guide   ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
guidance:epub                   GET    guide   ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
guidance:handbook_pdf           GET    guide   ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
guidance:handbook_epub          GET    guide   ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
guidance:guide                  GET    gone    ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
guidance:pdf                    GET    gone    -     -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -
guidance:epub                   GET    gone    -     -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -
guidance:guide                  GET    draft   -     -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -
guidance:version                GET    draft   -     -    -    -    -    -    -    -    -    -    -    -    ok   ok   ok   -    -    -    -
api-1:list_guides               GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
api-1:read_guide                GET    guide   ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
api-1:read_guide                GET    draft   -     -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -
# acknowledged and asked about by whoever works here
guidance:acknowledge            POST   guide   login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   2nd  ok   ok   ok   ok   ok   ok   ok
guidance:acknowledge            POST   draft   login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    -    -    -    -
guidance:ask                    POST   guide   login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   2nd  ok   ok   ok   ok   ok   ok   ok
# written, reviewed, published
guidance:work                   GET    -       login -    -    -    -    -    -    -    -    -    -    2nd  ok   ok   ok   -    -    -    -
guidance:new                    GET    -       login -    -    -    -    -    -    -    -    -    -    2nd  ok   -    -    -    -    -    -
guidance:new                    POST   -       login -    -    -    -    -    -    -    -    -    -    2nd  ok   -    -    -    -    -    -
guidance:examples               GET    -       login -    -    -    -    -    -    -    -    -    ok   2nd  ok   -    -    -    -    -    -
guidance:examples               POST   -       login -    -    -    -    -    -    -    -    -    ok   2nd  ok   -    -    -    -    -    -
guidance:draft                  GET    draft   login -    -    -    -    -    -    -    -    -    -    2nd  ok   ok   ok   -    -    -    -
guidance:edit                   GET    draft   login -    -    -    -    -    -    -    -    -    -    2nd  ok   -    -    -    -    -    -
guidance:edit                   POST   draft   login -    -    -    -    -    -    -    -    -    -    2nd  ok   -    -    -    -    -    -
guidance:revise                 POST   guide   login -    -    -    -    -    -    -    -    -    -    2nd  ok   -    -    -    -    -    -
guidance:submit                 POST   draft   login -    -    -    -    -    -    -    -    -    -    2nd  ok   -    -    -    -    -    -
guidance:approve                POST   review  login -    -    -    -    -    -    -    -    -    -    2nd  -    ok   -    -    -    -    -
guidance:send_back              POST   review  login -    -    -    -    -    -    -    -    -    -    2nd  ok   ok   ok   -    -    -    -
guidance:publish                POST   ready   login -    -    -    -    -    -    -    -    -    -    2nd  -    -    ok   -    -    -    -
guidance:withdraw               GET    guide   login -    -    -    -    -    -    -    -    -    -    2nd  -    -    ok   -    -    -    -
guidance:withdraw               POST   guide   login -    -    -    -    -    -    -    -    -    -    2nd  -    -    ok   -    -    -    -
guidance:placing                GET    guide   login -    -    -    -    -    -    -    -    -    -    2nd  -    -    ok   -    -    -    -
guidance:placing                POST   guide   login -    -    -    -    -    -    -    -    -    -    2nd  -    -    ok   -    -    -    -
guidance:question               GET    query   login -    -    -    -    -    -    -    -    -    -    2nd  ok   ok   -    -    -    -    -
guidance:question               POST   query   login -    -    -    -    -    -    -    -    -    -    2nd  ok   ok   -    -    -    -    -
# who has acknowledged what: for those who lead others
guidance:acknowledged           GET    -       login -    -    ok   ok   ok   -    -    -    -    -    2nd  -    -    ok   -    -    ok   ok
guidance:people                 GET    guide   login -    -    ok   ok   ok   -    -    -    -    -    2nd  -    -    ok   -    -    ok   ok
"""
