"""The part of the permission table that is the API; `table.py` explains columns and verdicts."""

from __future__ import annotations

__all__ = ["API_TABLE"]

API_TABLE = """
# address                         method object  anon  volu veri coor away line liai offi offx anal admi weak
# the API: by token, except "weak", whose session may read there as elsewhere and never write
api_docs                        GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
api_openapi                     GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
api-1:api-root                  GET    -       -     -    -    -    -    -    -    -    -    -    -    -
api-1:list_responses            GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
api-1:read_response             GET    answer  ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
api-1:create_response           POST   -       login -    -    -    -    -    -    -    -    -    ok   login
api-1:update_response           PATCH  answer  login -    -    -    -    -    -    -    -    -    ok   login
api-1:close_response            POST   answer  login -    -    -    -    -    -    -    -    -    ok   login
api-1:list_places               GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
api-1:read_place                GET    wuhan   ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
api-1:list_categories           GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
api-1:read_category             GET    kind    ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
api-1:list_organisations        GET    -       login -    ok   ok   ok   ok   ok   ok   ok   ok   ok   2nd
api-1:read_organisation         GET    org     login -    ok   ok   ok   ok   ok   ok   ok   ok   ok   2nd
api-1:create_organisation       POST   -       login -    ok   ok   ok   ok   -    -    -    -    -    login
api-1:update_organisation       PATCH  org     login -    ok   ok   -    ok   -    -    -    -    -    login
api-1:withdraw_organisation     POST   org     login -    ok   ok   -    ok   -    -    -    -    -    login
api-1:list_needs                GET    -       login -    ok   ok   ok   ok   ok   ok   ok   ok   -    2nd
api-1:read_need                 GET    need    login -    ok   ok   -    -    ok   ok   -    ok   -    2nd
api-1:create_need               POST   -       login -    ok   ok   ok   ok   -    ok   ok   -    -    login
api-1:update_need               PATCH  need    login -    ok   ok   -    -    -    ok   -    -    -    login
api-1:withdraw_need             POST   need    login -    ok   ok   -    -    -    ok   -    -    -    login
api-1:list_offers               GET    -       login -    ok   ok   ok   ok   ok   ok   ok   ok   -    2nd
api-1:read_offer                GET    offer   login -    ok   ok   -    -    ok   ok   -    ok   -    2nd
api-1:create_offer              POST   -       login -    ok   ok   ok   ok   -    ok   ok   -    -    login
api-1:update_offer              PATCH  offer   login -    ok   ok   -    -    -    ok   -    -    -    login
api-1:withdraw_offer            POST   offer   login -    ok   ok   -    -    -    ok   -    -    -    login
api-1:list_leads                GET    -       login -    ok   ok   ok   ok   ok   -    -    ok   -    2nd
api-1:read_lead                 GET    lead    login -    ok   ok   -    -    ok   -    -    ok   -    2nd
api-1:create_lead               POST   -       login -    ok   ok   ok   ok   -    -    -    -    -    login
api-1:update_lead               PATCH  lead    login -    ok   ok   -    -    -    -    -    -    -    login
api-1:withdraw_lead             POST   lead    login -    ok   ok   -    -    -    -    -    -    -    login
api-1:list_assignments          GET    -        login -    ok   ok   ok   ok   ok   ok   ok   ok   -    2nd
api-1:read_assignment           GET    toours   login -    ok   ok   -    -    ok   ok   -    ok   -    2nd
api-1:list_receipts             GET    toours   login -    ok   ok   -    -    ok   ok   -    ok   -    2nd
api-1:accept_assignment         POST   fromours login -    -    ok   -    -    -    ok   -    -    -    login
api-1:accept_assignment         POST   toours   login -    -    ok   -    -    -    -    -    -    -    login
api-1:decline_assignment        POST   fromours login -    -    ok   -    -    -    ok   -    -    -    login
api-1:decline_assignment        POST   toours   login -    -    ok   -    -    -    -    -    -    -    login
api-1:send_assignment           POST   fromours login -    -    ok   -    -    -    ok   -    -    -    login
api-1:send_assignment           POST   toours   login -    -    ok   -    -    -    -    -    -    -    login
api-1:deliver_assignment        POST   fromours login -    -    ok   -    -    -    ok   -    -    -    login
api-1:deliver_assignment        POST   toours   login -    -    ok   -    -    -    -    -    -    -    login
api-1:return_assignment         POST   fromours login -    -    ok   -    -    -    ok   -    -    -    login
api-1:return_assignment         POST   toours   login -    -    ok   -    -    -    -    -    -    -    login
api-1:confirm_assignment        POST   toours   login -    ok   ok   -    -    -    ok   -    -    -    login
api-1:confirm_assignment        POST   fromours login -    ok   ok   -    -    -    -    -    -    -    login
api-1:correct_receipt           POST   fixtours login -    ok   ok   -    -    -    ok   -    -    -    login
api-1:correct_receipt           POST   fixours  login -    ok   ok   -    -    -    -    -    -    -    login
api-1:withdraw_assignment       POST   toours   login -    -    ok   -    -    -    -    -    -    -    login
api-1:list_incidents            GET    -        login -    ok   ok   ok   ok   ok   -    -    -    -    2nd
api-1:read_incident             GET    trouble  login -    ok   ok   -    -    ok   -    -    -    -    2nd
api-1:create_incident           POST   about    login -    ok   ok   -    -    -    ok   -    -    -    login
api-1:handle_incident           POST   trouble  login -    ok   ok   -    -    -    -    -    -    -    login
"""
