"""The pages of line in the permission table; `table.py` explains columns and verdicts."""

from __future__ import annotations

__all__ = ["LINE_TABLE"]

LINE_TABLE = """
address                         method object  anon  volu veri coor away line liai offi offx anal admi weak auth revi publ coun coux supe supx

# the line for callers: no account, a secret in a cookie of the browser; without it there is no conversation
talk:door                       GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
talk:door                       POST   -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
talk:callback                   GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
talk:callback                   POST   -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
talk:back                       GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
talk:back                       POST   -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
talk:kept                       GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
talk:quit                       POST   -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
talk:room                       GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
talk:stream                     GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
talk:news                       GET    -       -     -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -
talk:say                        POST   -       -     -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -
talk:leave                      POST   -       -     -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -
talk:again                      POST   -       -     -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -
talk:key                        POST   -       -     -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -
talk:signal                     POST   -       -     -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -
talk:relay                      POST   -       -     -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -

# the counsellor's seat and queue; the board is the supervisors'
calls:index                     GET    -       login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   ok   ok   ok
calls:line_stream               GET    -       login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   ok   ok   ok
calls:line_news                 GET    -       login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   ok   ok   ok
calls:seat                      POST   -       login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   ok   ok   ok
calls:next                      POST   -       login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   ok   ok   ok
calls:board                     GET    -       login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    -    -    ok   ok
calls:handover                  GET    -       login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   ok   ok   ok
calls:handover_give             POST   matter  login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   -    ok   -
calls:handover_take             POST   matter  login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    -    -    ok   -

# a conversation: its counsellor and their supervisor read it, its counsellor writes; nobody else, no administrator
calls:contact                   GET    contact login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   -    ok   -
calls:stream                    GET    contact login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   -    ok   -
calls:news                      GET    contact login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   -    ok   -
calls:say                       POST   contact login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   -    ok   -
calls:support                   POST   contact login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   -    -    -
calls:note                      POST   contact login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   -    -    -
calls:end                       POST   contact login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   -    -    -
calls:done                      POST   contact login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   -    -    -
calls:hand_over                 POST   contact login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   -    -    -
calls:escalate                  POST   contact login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   -    -    -
calls:signal                    POST   contact login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   -    -    -
calls:relay                     POST   contact login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   -    -    -
calls:take                      POST   contact login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   ok   ok   ok
calls:join                      POST   contact login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    -    -    ok   -

# people who asked to be called; `linecall` is in the hands of `coun`
calls:callbacks                 GET    -       login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   ok   ok   ok
calls:callback                  GET    linecall login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   held held held
calls:callback_take             POST   linecall login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   held held held
calls:callback_outcome          POST   linecall login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   held held held

# forms of a conversation: its counsellor writes, the supervisor reads
casework:papers                 GET    contact login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   -    ok   -
casework:screening              GET    contact login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   -    ok   -
casework:screening              POST   contact login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   -    -    -
casework:plan                   GET    contact login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   -    ok   -
casework:plan                   POST   contact login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   -    -    -
casework:contact                GET    contact login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   -    ok   -
casework:contact                POST   contact login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   -    -    -
casework:referral               GET    contact login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   -    ok   -
casework:referral               POST   contact login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   -    -    -
casework:give                   POST   contact login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   -    -    -
casework:abusive                POST   contact login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   -    -    -
casework:known                  POST   contact login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   -    -    -
casework:referral_need          POST   contact login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   -    -    -
casework:block                  POST   contact login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    -    -    ok   -
casework:open_case              GET    contact login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   -    ok   -
casework:open_case              POST   contact login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   -    -    -
casework:referral_show          POST   lineref login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   -    -    -
casework:referral_move          POST   lineref login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   -    -    -

# cases: the counsellor of the case and its supervisor
casework:cases                  GET    -       login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   ok   ok   ok
casework:case                   GET    linecase login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   -    ok   -
casework:entry                  POST   linecase login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   -    ok   -
casework:stage                  POST   linecase login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   -    ok   -
casework:assign                 POST   linecase login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    -    -    ok   -
casework:forms                  GET    -       login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    -    -    ok   ok
casework:form_edit              GET    lform   login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    -    -    ok   -
casework:form_edit              POST   lform   login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    -    -    ok   -
casework:keeping                POST   -       login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    -    -    ok   ok

# the glass: `lineglass` was asked by `coux` and granted by `supx`; only who asked looks, any supervisor decides and reviews
casework:glass                  GET    -       login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   ok   ok   ok
casework:glass                  POST   -       login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    ok   ok   ok   ok
casework:glass_look             GET    lineglass login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    -    ok   -    -
casework:glass_decide           POST   lineglass login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    -    -    ok   ok
casework:glass_review           POST   lineglass login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    -    -    ok   ok

# what callers decide: the secret in their browser, or a code to erase
casework:own_plan               GET    -       -     -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -
casework:own                    GET    -       -     -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -
casework:own                    POST   -       -     -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -
casework:own_erase              POST   -       -     -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -
casework:erase                  GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
casework:erase                  POST   -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok

# telephone exchanges: the webhook is open to all and takes in only what is signed (401 without); a supervisor connects one
telephone:events                POST   exchange login login login login login login login login login login login login login login login login login login login
telephone:exchanges             GET    -       login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    -    -    ok   ok
telephone:exchanges             POST   -       login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    -    -    ok   ok
telephone:end                   POST   exchange login -    -    -    -    -    -    -    -    -    -    2nd  -    -    -    -    -    ok   ok

# figures: no counsellor needs them; few are hidden from everybody
line_statistics:figures         GET    -       login -    -    ok   ok   ok   ok   -    -    ok   -    2nd  -    -    -    -    -    ok   ok
line_statistics:csv             GET    -       login -    -    ok   ok   ok   ok   -    -    ok   -    2nd  -    -    -    -    -    ok   ok
"""
