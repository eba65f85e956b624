"""THE permission table: who gets what answer from every address. Written by hand; the code has to agree.

A row is an address, a method and an object (whose names `world.py` explains); a column is somebody:

    anon  nobody signed in                       offi  officer of the object's organisation
    volu  volunteer in the object's area         offx  officer of another organisation
    veri  verifier in the object's area          anal  analyst
    coor  coordinator of its area and line       admi  administrator
    away  coordinator of another area            weak  coordinator of its area and line, signed in
    line  coordinator of another line                  with a password only
    liai  liaison in the object's area

On the pages of the desks (guidance, bulletins, the line) more columns say what their people get:

    auth  author of guidance and bulletins       coun  counsellor who has the object in hand
    revi  expert reviewer                        coux  another counsellor
    publ  publisher                              supe  supervisor of `coun`
                                                 supx  another supervisor

    ok      the page, or an answer about what was typed (a form with nothing in it is "ok": the door was open)
    login   sent to sign in (401 on the API)
    2nd     sent to set up or confirm the second factor (403 on the API)
    held    somebody else has it in hand (409)
    -       as if it did not exist (404)

A method without a row must be refused (405 or as above) by every address. An address without a row fails the build.
"""

from __future__ import annotations

__all__ = ["COLUMNS", "DESK_COLUMNS", "DESK_ROLES", "STRANGER", "TABLE", "VERDICTS"]

COLUMNS: tuple[str, ...] = (
    "anon",
    "volu",
    "veri",
    "coor",
    "away",
    "line",
    "liai",
    "offi",
    "offx",
    "anal",
    "admi",
    "weak",
)
#: The people of the desks: who stands in which column.
DESK_ROLES = {
    "auth": "author", "revi": "reviewer", "publ": "publisher", "coun": "counsellor", "coux": "counsellor",
    "supe": "supervisor", "supx": "supervisor",
}  # fmt: skip
DESK_COLUMNS = (*COLUMNS, *DESK_ROLES)
#: The desks' column that also asks at every other address.
STRANGER = "coun"
VERDICTS = frozenset({"ok", "login", "2nd", "held", "-"})

TABLE = """
address                         method object  anon  volu veri coor away line liai offi offx anal admi weak

# asking for help without an account; own pages by a secret link, whoever holds it
help:self                       GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
help:self                       POST   -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
help:other                      GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
help:other                      POST   -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
help:medicine                   GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
help:medicine                   POST   -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
help:facility                   GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
help:facility                   POST   -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
help:call                       GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
help:call                       POST   -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
help:call_done                  GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
places:suggest                  POST   -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
progress:lookup                 GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
progress:public                 GET    plea    ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
progress:own                    GET    plea    ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
progress:own                    GET    guess   -     -    -    -    -    -    -    -    -    -    -    -
progress:sent                   GET    plea    ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
progress:sent                   GET    guess   -     -    -    -    -    -    -    -    -    -    -    -
progress:save                   GET    plea    ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
progress:save                   GET    guess   -     -    -    -    -    -    -    -    -    -    -    -
progress:add                    POST   plea    ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
progress:add                    POST   guess   -     -    -    -    -    -    -    -    -    -    -    -
progress:correct                POST   plea    ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
progress:correct                POST   guess   -     -    -    -    -    -    -    -    -    -    -    -
progress:close                  POST   plea    ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
progress:close                  POST   guess   -     -    -    -    -    -    -    -    -    -    -    -
progress:still                  POST   plea    ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
progress:still                  POST   guess   -     -    -    -    -    -    -    -    -    -    -    -
progress:reopen                 POST   plea    ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
progress:reopen                 POST   guess   -     -    -    -    -    -    -    -    -    -    -    -

# needs and offers: of the area and line, or of the own organisation; leads: no officer
records:needs                   GET    -       login -    ok   ok   ok   ok   ok   ok   ok   ok   -    2nd
records:needs_export            POST   -       login -    ok   ok   ok   ok   ok   ok   ok   ok   -    2nd
records:needs_bulk              POST   -       login -    ok   ok   ok   ok   -    ok   ok   -    -    2nd
records:need                    GET    need    login -    ok   ok   -    -    ok   ok   -    ok   -    2nd
records:need_edit               GET    need    login -    ok   ok   -    -    -    ok   -    -    -    2nd
records:need_edit               POST   need    login -    ok   ok   -    -    -    ok   -    -    -    2nd
records:need_state              GET    need    login -    ok   ok   -    -    -    ok   -    -    -    2nd
records:need_state              POST   need    login -    ok   ok   -    -    -    ok   -    -    -    2nd
records:offers                  GET    -       login -    ok   ok   ok   ok   ok   ok   ok   ok   -    2nd
records:offers_export           POST   -       login -    ok   ok   ok   ok   ok   ok   ok   ok   -    2nd
records:offers_bulk             POST   -       login -    ok   ok   ok   ok   -    ok   ok   -    -    2nd
records:offer                   GET    offer   login -    ok   ok   -    -    ok   ok   -    ok   -    2nd
records:offer_edit              GET    offer   login -    ok   ok   -    -    -    ok   -    -    -    2nd
records:offer_edit              POST   offer   login -    ok   ok   -    -    -    ok   -    -    -    2nd
records:offer_state             GET    offer   login -    ok   ok   -    -    -    ok   -    -    -    2nd
records:offer_state             POST   offer   login -    ok   ok   -    -    -    ok   -    -    -    2nd
records:leads                   GET    -       login -    ok   ok   ok   ok   ok   -    -    ok   -    2nd
records:leads_export            POST   -       login -    ok   ok   ok   ok   ok   -    -    ok   -    2nd
records:leads_bulk              POST   -       login -    ok   ok   ok   ok   -    -    -    -    -    2nd
records:lead                    GET    lead    login -    ok   ok   -    -    ok   -    -    ok   -    2nd
records:lead_edit               GET    lead    login -    ok   ok   -    -    -    -    -    -    -    2nd
records:lead_edit               POST   lead    login -    ok   ok   -    -    -    -    -    -    -    2nd
records:lead_state              GET    lead    login -    ok   ok   -    -    -    -    -    -    -    2nd
records:lead_state              POST   lead    login -    ok   ok   -    -    -    -    -    -    -    2nd
records:lead_promote            GET    lead    login -    ok   ok   -    -    -    -    -    -    -    2nd
records:lead_promote            POST   lead    login -    ok   ok   -    -    -    -    -    -    -    2nd
undo                            POST   change  login -    ok   ok   -    -    -    ok   -    -    -    2nd

# plans: read by those who work in the response, made and steered by coordinators, approved by somebody else
plans:plans                     GET    -       login -    ok   ok   ok   ok   ok   -    -    ok   -    2nd
plans:new                       GET    -       login -    -    ok   ok   ok   -    -    -    -    -    2nd
plans:new                       POST   -       login -    -    ok   ok   ok   -    -    -    -    -    2nd
plans:pins                      GET    -       login -    ok   ok   ok   ok   ok   -    -    ok   -    2nd
plans:new_pin                   GET    -       login -    -    ok   ok   ok   -    -    -    -    -    2nd
plans:new_pin                   POST   -       login -    -    ok   ok   ok   -    -    -    -    -    2nd
plans:withdraw_pin              POST   pin     login -    -    ok   -    -    -    -    -    -    -    2nd
plans:principles                GET    -       login -    ok   ok   ok   ok   ok   -    -    ok   -    2nd
plans:order                     GET    order   login -    -    ok   -    -    -    -    -    -    -    2nd
plans:order                     POST   order   login -    -    ok   -    -    -    -    -    -    -    2nd
plans:standing                  GET    -       login -    -    ok   ok   ok   ok   -    -    -    -    2nd
plans:standing                  POST   -       login -    -    ok   ok   ok   ok   -    -    -    -    2nd
plans:withdraw_standing         POST   standing login -    -    ok   -    -    ok   -    -    -    -    2nd
plans:plan                      GET    plan    login -    ok   ok   ok   ok   ok   -    -    ok   -    2nd
plans:plan_export               POST   plan    login -    ok   ok   ok   ok   ok   -    -    ok   -    2nd
plans:gaps                      GET    plan    login -    ok   ok   ok   ok   ok   -    -    ok   -    2nd
plans:gaps_export               POST   plan    login -    ok   ok   ok   ok   ok   -    -    ok   -    2nd
plans:holds                     GET    plan    login -    ok   ok   ok   ok   ok   -    -    ok   -    2nd
plans:holds_export              POST   plan    login -    ok   ok   ok   ok   ok   -    -    ok   -    2nd
plans:left                      GET    plan    login -    ok   ok   ok   ok   ok   -    -    ok   -    2nd
plans:left_export               POST   plan    login -    ok   ok   ok   ok   ok   -    -    ok   -    2nd
plans:progress                  GET    plan    login -    ok   ok   ok   ok   ok   -    -    ok   -    2nd
plans:cancel                    POST   plan    login -    -    ok   -    -    -    -    -    -    -    2nd
plans:again                     POST   plan    login -    -    ok   -    -    -    -    -    -    -    2nd
plans:proof                     GET    plan    login -    ok   ok   ok   ok   ok   -    -    ok   -    2nd
plans:directory                 POST   plan    login -    ok   ok   -    -    ok   -    -    ok   -    2nd
plans:approve                   GET    plan    login -    -    ok   ok   ok   ok   -    -    -    -    2nd
plans:approve                   POST   plan    login -    -    ok   -    -    ok   -    -    -    -    2nd
plans:reject                    POST   plan    login -    -    ok   -    -    ok   -    -    -    -    2nd
plans:result                    GET    plan    login -    ok   ok   ok   ok   ok   -    -    ok   -    2nd
# who comes and what goes where, by the secret links; the receiver's code at the door
progress:give                   GET    gift     ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
progress:give                   POST   gift     ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
progress:give                   GET    coming   -    -    -    -    -    -    -    -    -    -    -    -
progress:give                   POST   coming   -    -    -    -    -    -    -    -    -    -    -    -
progress:give                   POST   giftx    -    -    -    -    -    -    -    -    -    -    -    -
progress:where                  POST   gift     ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
progress:where                  POST   coming   -    -    -    -    -    -    -    -    -    -    -    -
progress:where                  POST   giftx    -    -    -    -    -    -    -    -    -    -    -    -
progress:arrived                GET    coming   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
progress:arrived                POST   coming   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
progress:arrived                POST   gift     -    -    -    -    -    -    -    -    -    -    -    -
progress:arrived                POST   giftx    -    -    -    -    -    -    -    -    -    -    -    -
progress:trouble                GET    coming   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
progress:trouble                POST   coming   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
progress:trouble                POST   gift     ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
progress:trouble                POST   giftx    -    -    -    -    -    -    -    -    -    -    -    -
assignments:arrived             GET    goods    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
assignments:arrived             POST   goods    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok

# assignments: of the area and line, or of the own organisation, which gives and asks ("goods"), only asks ("toours") or
# only gives ("fromours"). Volunteers have pages of their own.
assignments:list                GET    -        login -    ok   ok   ok   ok   ok   ok   ok   ok   -    2nd
assignments:export              POST   -        login -    ok   ok   ok   ok   ok   ok   ok   ok   -    2nd
assignments:one                 GET    toours   login -    ok   ok   -    -    ok   ok   -    ok   -    2nd
assignments:one                 GET    fromours login -    ok   ok   -    -    ok   ok   -    ok   -    2nd
assignments:accept              GET    fromours login -    -    ok   -    -    -    ok   -    -    -    2nd
assignments:accept              POST   fromours login -    -    ok   -    -    -    ok   -    -    -    2nd
assignments:accept              POST   toours   login -    -    ok   -    -    -    -    -    -    -    2nd
assignments:decline             GET    fromours login -    -    ok   -    -    -    ok   -    -    -    2nd
assignments:decline             POST   fromours login -    -    ok   -    -    -    ok   -    -    -    2nd
assignments:decline             POST   toours   login -    -    ok   -    -    -    -    -    -    -    2nd
assignments:sent                GET    fromours login -    -    ok   -    -    -    ok   -    -    -    2nd
assignments:sent                POST   fromours login -    -    ok   -    -    -    ok   -    -    -    2nd
assignments:sent                POST   toours   login -    -    ok   -    -    -    -    -    -    -    2nd
assignments:delivered           GET    fromours login -    -    ok   -    -    -    ok   -    -    -    2nd
assignments:delivered           POST   fromours login -    -    ok   -    -    -    ok   -    -    -    2nd
assignments:delivered           POST   toours   login -    -    ok   -    -    -    -    -    -    -    2nd
assignments:return              GET    fromours login -    -    ok   -    -    -    ok   -    -    -    2nd
assignments:return              POST   fromours login -    -    ok   -    -    -    ok   -    -    -    2nd
assignments:return              POST   toours   login -    -    ok   -    -    -    -    -    -    -    2nd
assignments:cash                GET    fromours login -    -    ok   -    -    -    ok   -    -    -    2nd
assignments:cash                POST   fromours login -    -    ok   -    -    -    ok   -    -    -    2nd
assignments:cash                POST   toours   login -    -    ok   -    -    -    -    -    -    -    2nd
assignments:contact             POST   fromours login -    -    ok   -    -    -    ok   -    -    -    2nd
assignments:contact             POST   toours   login -    -    ok   -    -    -    -    -    -    -    2nd
assignments:confirm             GET    toours   login -    ok   ok   -    -    -    ok   -    -    -    2nd
assignments:confirm             POST   toours   login -    ok   ok   -    -    -    ok   -    -    -    2nd
assignments:confirm             POST   fromours login -    ok   ok   -    -    -    -    -    -    -    2nd
assignments:correct             GET    goods    login -    ok   ok   -    -    -    ok   -    -    -    2nd
assignments:correct             POST   goods    login -    ok   ok   -    -    -    ok   -    -    -    2nd
assignments:photo               GET    errand   login -    ok   ok   -    -    -    -    -    -    -    2nd
assignments:settle              GET    goods    login -    -    ok   -    -    -    -    -    -    -    2nd
assignments:settle              POST   goods    login -    -    ok   -    -    -    -    -    -    -    2nd
assignments:withdraw            GET    toours   login -    -    ok   -    -    -    -    -    -    -    2nd
assignments:withdraw            POST   toours   login -    -    ok   -    -    -    -    -    -    -    2nd
assignments:incidents           GET    -        login -    ok   ok   ok   ok   ok   -    -    -    -    2nd
assignments:report              GET    goods    login -    ok   ok   -    -    -    ok   -    -    -    2nd
assignments:report              POST   goods    login -    ok   ok   -    -    -    ok   -    -    -    2nd
assignments:incident            GET    trouble  login -    ok   ok   -    -    ok   -    -    -    -    2nd
assignments:incident_text       POST   trouble  login -    ok   ok   -    -    -    -    -    -    -    2nd
assignments:incident_handle     POST   trouble  login -    ok   ok   -    -    -    -    -    -    -    2nd

# offering without an account; living cards, for whoever scans one
give:offer                      GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
give:offer                      POST   -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
give:service                    GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
give:service                    POST   -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
give:money                      GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
give:money                      POST   -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
cards:card                      GET    need    ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
cards:picture                   GET    need    ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
cards:drawing                   GET    need    ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok

# the desk
desk:desk                       GET    -       login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   2nd

# verifying: of the area and line; what needs the lock is open to whoever holds it (here "coor")
verify:urgency                  GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
verify:queue                    GET    -       login -    ok   ok   ok   ok   -    -    -    -    -    2nd
verify:next                     POST   -       login -    ok   ok   ok   ok   -    -    -    -    -    2nd
verify:undo                     POST   -       login -    ok   ok   ok   ok   -    -    -    -    -    2nd
verify:similar                  POST   -       login -    ok   ok   ok   ok   -    -    -    -    -    2nd
verify:duplicates               GET    -       login -    ok   ok   ok   ok   -    -    -    -    -    2nd
verify:find                     GET    -       login -    ok   ok   ok   ok   -    -    -    -    -    2nd
verify:pair                     GET    pair    login -    ok   ok   -    -    -    -    -    -    -    2nd
verify:merge                    POST   pair    login -    ok   ok   -    -    -    -    -    -    -    2nd
verify:different                POST   pair    login -    ok   ok   -    -    -    -    -    -    -    2nd
verify:unmerge                  POST   merged  login -    ok   ok   -    -    -    -    -    -    -    2nd
verify:close                    POST   need    login -    ok   ok   -    -    -    -    -    -    -    2nd
verify:keep_trying              POST   need    login -    ok   ok   -    -    -    -    -    -    -    2nd
verify:let_in                   POST   need    login -    ok   ok   -    -    -    -    -    -    -    2nd
verify:need                     GET    need    login -    ok   ok   -    -    -    -    -    -    -    2nd
verify:need_take                POST   need    login -    ok   ok   -    -    -    -    -    -    -    2nd
verify:need_take                POST   need_held login -    held ok   -    -    -    -    -    -    -    2nd
verify:need_outcome             POST   need_held login -    held ok   -    -    -    -    -    -    -    2nd
verify:need_extend              POST   need_held login -    held ok   -    -    -    -    -    -    -    2nd
verify:need_release             POST   need_held login -    ok   ok   -    -    -    -    -    -    -    2nd
verify:need_photo               GET    need_held login -    held ok   -    -    -    -    -    -    -    2nd
verify:offer                    GET    offer   login -    ok   ok   -    -    -    -    -    -    -    2nd
verify:offer_take               POST   offer   login -    ok   ok   -    -    -    -    -    -    -    2nd
verify:offer_take               POST   offer_held login -    held ok   -    -    -    -    -    -    -    2nd
verify:offer_outcome            POST   offer_held login -    held ok   -    -    -    -    -    -    -    2nd
verify:offer_extend             POST   offer_held login -    held ok   -    -    -    -    -    -    -    2nd
verify:offer_release            POST   offer_held login -    ok   ok   -    -    -    -    -    -    -    2nd
verify:offer_photo              GET    offer_held login -    held ok   -    -    -    -    -    -    -    2nd

# calling back; writing down by keyboard or telephone
callbacks:queue                 GET    -       login -    ok   ok   ok   ok   -    -    -    -    -    2nd
callbacks:next                  POST   -       login -    ok   ok   ok   ok   -    -    -    -    -    2nd
callbacks:one                   GET    call    login -    held ok   -    held -    -    -    -    -    2nd
callbacks:one                   POST   call    login -    held ok   -    held -    -    -    -    -    2nd
callbacks:take                  POST   call    login -    held ok   -    held -    -    -    -    -    2nd
callbacks:outcome               POST   call    login -    held ok   -    held -    -    -    -    -    2nd
entry:keys                      GET    -       login -    ok   ok   ok   ok   -    -    -    -    -    2nd
entry:keys                      POST   -       login -    ok   ok   ok   ok   -    -    -    -    -    2nd
entry:phone                     GET    -       login -    ok   ok   ok   ok   -    -    -    -    -    2nd
entry:phone                     POST   -       login -    ok   ok   ok   ok   -    -    -    -    -    2nd
entry:similar                   POST   -       login -    ok   ok   ok   ok   -    -    -    -    -    2nd
entry:raw                       GET    need_held login -    held ok   -    -    -    -    -    -    -    2nd

# sheets: coordinators, and officers for their own organisation; this import is a coordinator's
imports:home                    GET    -       login -    -    ok   ok   ok   -    ok   ok   -    -    2nd
imports:upload                  POST   -       login -    -    ok   ok   ok   -    ok   ok   -    -    2nd
imports:paste                   GET    -       login -    -    ok   ok   ok   -    ok   ok   -    -    2nd
imports:paste                   POST   -       login -    -    ok   ok   ok   -    ok   ok   -    -    2nd
imports:round                   GET    -       login -    -    ok   ok   ok   -    ok   ok   -    -    2nd
imports:round_out               POST   -       login -    -    ok   ok   ok   -    ok   ok   -    -    2nd
imports:round_back              POST   -       login -    -    ok   ok   ok   -    ok   ok   -    -    2nd
imports:batch                   GET    sheet   login -    -    ok   ok   ok   -    -    -    -    -    2nd
imports:progress                GET    sheet   login -    -    ok   ok   ok   -    -    -    -    -    2nd
imports:columns                 POST   sheet   login -    -    ok   ok   ok   -    -    -    -    -    2nd
imports:fix                     GET    sheet   login -    -    ok   ok   ok   -    -    -    -    -    2nd
imports:fix                     POST   sheet   login -    -    ok   ok   ok   -    -    -    -    -    2nd
imports:decide                  POST   sheet   login -    -    ok   ok   ok   -    -    -    -    -    2nd
imports:accept                  POST   sheet   login -    -    ok   ok   ok   -    -    -    -    -    2nd
imports:undo                    POST   sheet   login -    -    ok   ok   ok   -    -    -    -    -    2nd
imports:discard                 POST   sheet   login -    -    ok   ok   ok   -    -    -    -    -    2nd

# a volunteer's pages: tasks of the own teams; "volu" holds "errand", a task of a team in Wuhan
tasks:my                        GET    -       login ok   -    -    -    -    -    -    -    -    -    2nd
tasks:health                    GET    -       login ok   -    -    -    -    -    -    -    -    -    2nd
tasks:health                    POST   -       login ok   -    -    -    -    -    -    -    -    -    2nd
tasks:list                      GET    -       login ok   -    -    -    -    -    -    -    -    -    2nd
tasks:token                     GET    -       login ok   -    -    -    -    -    -    -    -    -    2nd
tasks:outbox                    POST   -       login ok   -    -    -    -    -    -    -    -    -    2nd
tasks:worker                    GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
tasks:offline                   GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
tasks:task                      GET    errand  login ok   -    -    -    -    -    -    -    -    -    2nd
tasks:task                      GET    strange login -    -    -    -    -    -    -    -    -    -    2nd
tasks:claim                     POST   errand  login ok   -    -    -    -    -    -    -    -    -    2nd
tasks:claim                     POST   strange login -    -    -    -    -    -    -    -    -    -    2nd
tasks:unclaim                   POST   errand  login ok   -    -    -    -    -    -    -    -    -    2nd
tasks:sent                      POST   errand  login ok   -    -    -    -    -    -    -    -    -    2nd
tasks:done                      POST   errand  login ok   -    -    -    -    -    -    -    -    -    2nd
tasks:contact                   POST   errand  login ok   -    -    -    -    -    -    -    -    -    2nd
tasks:contact                   POST   strange login -    -    -    -    -    -    -    -    -    -    2nd
tasks:incident                  POST   errand  login ok   -    -    -    -    -    -    -    -    -    2nd
tasks:cash                      POST   errand  login ok   -    -    -    -    -    -    -    -    -    2nd
tasks:photo                     POST   errand  login ok   -    -    -    -    -    -    -    -    -    2nd
tasks:picture                   GET    errand  login ok   -    -    -    -    -    -    -    -    -    2nd
tasks:slip                      GET    errand  login ok   ok   ok   -    -    -    -    -    -    -    2nd
tasks:slip                      POST   errand  login ok   -    -    -    -    -    -    -    -    -    2nd
tasks:slips                     GET    -       login -    ok   ok   ok   ok   -    -    -    -    -    2nd
tasks:slips                     POST   errand  login -    ok   ok   ok   ok   -    -    -    -    -    2nd

# the way into a team by QR; "team_open" is a team of Wuhan, for supplies, with an entrance
teams:teams                     GET    -       login -    -    ok   ok   ok   -    -    -    -    -    2nd
teams:entrance                  GET    team_open login -  -    ok   -    -    -    -    -    -    -    2nd
teams:entrance                  POST   team_open login -  -    ok   -    -    -    -    -    -    -    2nd
teams:close                     POST   team_open login -  -    ok   -    -    -    -    -    -    -    2nd
teams:poster                    GET    team_open login -  -    ok   -    -    -    -    -    -    -    2nd
teams:join                      GET    team_open ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
teams:join                      POST   team_open ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
teams:join                      GET    team_guess -   -    -    -    -    -    -    -    -    -    -    -
teams:join                      POST   team_guess -   -    -    -    -    -    -    -    -    -    -    -

# the demo's way in: not there outside the demo
demo:tour                       GET    -       -     -    -    -    -    -    -    -    -    -    -    -
demo:enter                      GET    -       -     -    -    -    -    -    -    -    -    -    -    -
demo:look_as                    POST   -       -     -    -    -    -    -    -    -    -    -    -    -
demo:sheet                      GET    -       -     -    -    -    -    -    -    -    -    -    -    -

# organisations: open to whoever works here, changed in the own area (lines do not bound it)
organisations:list              GET    -       login -    ok   ok   ok   ok   ok   ok   ok   ok   ok   2nd
organisations:export            POST   -       login -    ok   ok   ok   ok   ok   -    -    ok   ok   2nd
organisations:add               GET    -       login -    ok   ok   ok   ok   -    -    -    -    -    2nd
organisations:add               POST   -       login -    ok   ok   ok   ok   -    -    -    -    -    2nd
organisations:requirements      GET    -       login -    ok   ok   ok   ok   ok   ok   ok   ok   ok   2nd
organisations:requirements      POST   -       login -    -    -    -    -    -    -    -    -    ok   2nd
organisations:withdraw_requirement GET  paper  login -    -    -    -    -    -    -    -    -    ok   2nd
organisations:withdraw_requirement POST paper  login -    -    -    -    -    -    -    -    -    ok   2nd
organisations:record            GET    org     login -    ok   ok   ok   ok   ok   ok   ok   ok   ok   2nd
organisations:edit              GET    org     login -    ok   ok   -    ok   -    ok   -    -    -    2nd
organisations:edit              POST   org     login -    ok   ok   -    ok   -    ok   -    -    -    2nd
organisations:verify            GET    org     login -    ok   ok   -    ok   -    -    -    -    -    2nd
organisations:verify            POST   org     login -    ok   ok   -    ok   -    -    -    -    -    2nd
organisations:withdraw_paper    GET    org     login -    ok   ok   -    ok   -    -    -    -    -    2nd
organisations:withdraw_paper    POST   org     login -    ok   ok   -    ok   -    -    -    -    -    2nd
organisations:judge             GET    org     login -    -    ok   -    ok   -    -    -    -    -    2nd
organisations:judge             POST   org     login -    -    ok   -    ok   -    -    -    -    -    2nd
organisations:scope             POST   org     login -    ok   ok   -    ok   -    -    -    -    -    2nd
organisations:withdraw_scope    POST   org     login -    ok   ok   -    ok   -    -    -    -    -    2nd
organisations:withdraw          POST   org     login -    ok   ok   -    ok   -    -    -    -    -    2nd

# who does what where: sums by district, open to whoever works in the response; cover: of the area and line
gaps:gaps                       GET    -       login -    ok   ok   ok   ok   ok   ok   ok   ok   -    2nd
gaps:who                        GET    org     login -    ok   ok   ok   ok   ok   ok   ok   ok   -    2nd
gaps:export_csv                 GET    -       login -    ok   ok   ok   ok   ok   -    -    ok   -    2nd
gaps:export_xlsx                GET    -       login -    ok   ok   ok   ok   ok   -    -    ok   -    2nd
gaps:covers                     GET    -       login -    ok   ok   ok   ok   ok   ok   ok   ok   -    2nd
gaps:add_cover                  GET    -       login -    -    ok   ok   ok   ok   -    -    -    -    2nd
gaps:add_cover                  POST   -       login -    -    ok   ok   ok   ok   -    -    -    -    2nd
gaps:cover                      GET    cover   login -    ok   ok   -    -    ok   ok   -    ok   -    2nd
gaps:end_cover                  POST   cover   login -    -    ok   -    -    ok   -    -    -    -    2nd
gaps:withdraw_cover             POST   cover   login -    -    ok   -    -    ok   -    -    -    -    2nd
needed:list                     GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
needed:card                     GET    masks   ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
needed:picture                  GET    masks   ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
needed:drawing                  GET    masks   ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
situation:sheet                 GET    -       login -    -    ok   ok   ok   ok   -    -    ok   -    2nd
situation:pdf                   GET    -       login -    -    ok   ok   ok   ok   -    -    ok   -    2nd

# feedback: anybody gives it; the coordinators of the response and administrators read it, whatever their area and line
feedback:give                   GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
feedback:give                   POST   -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
feedback:thanks                 GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
feedback:list                   GET    -       login -    -    ok   ok   ok   -    -    -    -    ok   2nd
feedback:one                    GET    words   login -    -    ok   ok   ok   -    -    -    -    ok   2nd
feedback:handled                POST   words   login -    -    ok   ok   ok   -    -    -    -    ok   2nd

# settings
setup:index                     GET    -       login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   2nd
setup:responses                 GET    -       login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   2nd
setup:new_response              GET    -       login -    -    -    -    -    -    -    -    -    ok   2nd
setup:new_response              POST   -       login -    -    -    -    -    -    -    -    -    ok   2nd
setup:response                  GET    answer  login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   2nd
setup:response                  POST   answer  login -    -    -    -    -    -    -    -    -    ok   2nd
setup:close_response            GET    answer  login -    -    -    -    -    -    -    -    -    ok   2nd
setup:close_response            POST   answer  login -    -    -    -    -    -    -    -    -    ok   2nd
setup:reopen_response           GET    answer  login -    -    -    -    -    -    -    -    -    ok   2nd
setup:reopen_response           POST   answer  login -    -    -    -    -    -    -    -    -    ok   2nd
setup:stages                    GET    -       login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   2nd
setup:stages                    POST   wuhan   login -    -    ok   -    ok   -    -    -    -    ok   2nd
setup:catalogue                 GET    -       login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   2nd
setup:category                  GET    kind    login -    -    ok   ok   ok   -    -    -    -    ok   2nd
setup:category                  POST   kind    login -    -    -    -    -    -    -    -    -    ok   2nd
setup:places                    GET    -       login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   2nd
setup:place                     GET    wuhan   login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   2nd
setup:add_place_name            POST   wuhan   login -    ok   ok   -    ok   -    -    -    -    ok   2nd
setup:add_site                  POST   wuhan   login -    ok   ok   -    ok   -    -    -    -    ok   2nd
setup:site                      GET    site    login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   2nd
setup:site                      POST   site    login -    ok   ok   -    ok   -    -    -    -    ok   2nd
setup:add_site_name             POST   site    login -    ok   ok   -    ok   -    -    -    -    ok   2nd
setup:withdraw_site             POST   site    login -    ok   ok   -    ok   -    -    -    -    ok   2nd
setup:withdraw_name             POST   name    login -    ok   ok   -    ok   -    -    -    -    ok   2nd

# accounts, roles, teams, tokens, the trail: administrators only
setup:accounts                  GET    -       login -    -    -    -    -    -    -    -    -    ok   2nd
setup:new_account               GET    -       login -    -    -    -    -    -    -    -    -    ok   2nd
setup:new_account               POST   -       login -    -    -    -    -    -    -    -    -    ok   2nd
setup:account                   GET    person  login -    -    -    -    -    -    -    -    -    ok   2nd
setup:account                   POST   person  login -    -    -    -    -    -    -    -    -    ok   2nd
setup:invite                    GET    person  login -    -    -    -    -    -    -    -    -    ok   2nd
setup:invite                    POST   person  login -    -    -    -    -    -    -    -    -    ok   2nd
setup:confirm_account           GET    waiting login -    -    -    -    -    -    -    -    -    ok   2nd
setup:confirm_account           POST   waiting login -    -    -    -    -    -    -    -    -    ok   2nd
setup:consent                   GET    minor   login -    -    -    -    -    -    -    -    -    ok   2nd
setup:consent                   POST   minor   login -    -    -    -    -    -    -    -    -    ok   2nd
setup:close_account             GET    person  login -    -    -    -    -    -    -    -    -    ok   2nd
setup:close_account             POST   person  login -    -    -    -    -    -    -    -    -    ok   2nd
setup:open_account              GET    person  login -    -    -    -    -    -    -    -    -    ok   2nd
setup:open_account              POST   person  login -    -    -    -    -    -    -    -    -    ok   2nd
setup:reset_factor              GET    person  login -    -    -    -    -    -    -    -    -    ok   2nd
setup:reset_factor              POST   person  login -    -    -    -    -    -    -    -    -    ok   2nd
setup:grant                     GET    person  login -    -    -    -    -    -    -    -    -    ok   2nd
setup:grant                     POST   person  login -    -    -    -    -    -    -    -    -    ok   2nd
setup:new_token                 GET    program login -    -    -    -    -    -    -    -    -    ok   2nd
setup:new_token                 POST   program login -    -    -    -    -    -    -    -    -    ok   2nd
setup:revoke_grant              GET    person  login -    -    -    -    -    -    -    -    -    ok   2nd
setup:revoke_grant              POST   person  login -    -    -    -    -    -    -    -    -    ok   2nd
setup:revoke_token              GET    program login -    -    -    -    -    -    -    -    -    ok   2nd
setup:revoke_token              POST   program login -    -    -    -    -    -    -    -    -    ok   2nd
setup:teams                     GET    -       login -    -    -    -    -    -    -    -    -    ok   2nd
setup:new_team                  GET    -       login -    -    -    -    -    -    -    -    -    ok   2nd
setup:new_team                  POST   -       login -    -    -    -    -    -    -    -    -    ok   2nd
setup:team                      GET    team    login -    -    -    -    -    -    -    -    -    ok   2nd
setup:team                      POST   team    login -    -    -    -    -    -    -    -    -    ok   2nd
setup:join_team                 POST   team    login -    -    -    -    -    -    -    -    -    ok   2nd
setup:close_team                GET    team    login -    -    -    -    -    -    -    -    -    ok   2nd
setup:close_team                POST   team    login -    -    -    -    -    -    -    -    -    ok   2nd
setup:leave_team                POST   team    login -    -    -    -    -    -    -    -    -    ok   2nd
setup:trail                     GET    -       login -    -    -    -    -    -    -    -    -    ok   2nd
setup:check_trail               GET    -       login -    -    -    -    -    -    -    -    -    ok   2nd
setup:check_trail               POST   -       login -    -    -    -    -    -    -    -    -    ok   2nd

# notices: everybody the own ones; the ways out of the house are an administrator's
notices:own                     GET    -       login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   2nd
notices:way                     GET    way     login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   2nd
notices:way                     POST   way     login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   2nd
notices:drop                    POST   way     login ok   -    -    -    -    -    -    -    -    -    2nd
notices:try                     POST   way     login ok   -    -    -    -    -    -    -    -    -    2nd
notices:calendar                POST   -       login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   2nd
notices:feed                    GET    ics     ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
notices:feed                    GET    icsx    -     -    -    -    -    -    -    -    -    -    -    -
notices:channels                GET    -       login -    -    -    -    -    -    -    -    -    ok   2nd
notices:new_channel             GET    -       login -    -    -    -    -    -    -    -    -    ok   2nd
notices:new_channel             POST   -       login -    -    -    -    -    -    -    -    -    ok   2nd
notices:channel                 GET    way     login -    -    -    -    -    -    -    -    -    ok   2nd
notices:channel                 POST   way     login -    -    -    -    -    -    -    -    -    ok   2nd
notices:try_channel             POST   way     login -    -    -    -    -    -    -    -    -    ok   2nd
api-1:list_cover                GET    -       login -    ok   ok   ok   ok   ok   ok   ok   ok   -    2nd
api-1:create_cover              POST   -       login -    -    ok   ok   ok   ok   -    -    -    -    login
api-1:end_cover                 POST   cover   login -    -    ok   -    -    ok   -    -    -    -    login
api-1:withdraw_cover            POST   cover   login -    -    ok   -    -    ok   -    -    -    -    login
api-1:list_gaps                 GET    -       login -    ok   ok   ok   ok   ok   ok   ok   ok   -    2nd
api-1:list_overlaps             GET    -       login -    ok   ok   ok   ok   ok   ok   ok   ok   -    2nd
api-1:read_situation            GET    -       login -    -    ok   ok   ok   ok   -    -    ok   -    2nd
api-1:list_call_outs            GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
api-1:list_needed               GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
api-1:list_plans                GET    -       login -    ok   ok   ok   ok   ok   -    -    ok   -    2nd
api-1:create_plan               POST   -       login -    -    ok   ok   ok   -    -    -    -    -    login
api-1:read_plan                 GET    plan    login -    ok   ok   ok   ok   ok   -    -    ok   -    2nd
api-1:cancel_plan               POST   plan    login -    -    ok   -    -    -    -    -    -    -    login
api-1:approve_plan              POST   plan    login -    -    ok   -    -    ok   -    -    -    -    login
api-1:reject_plan               POST   plan    login -    -    ok   -    -    ok   -    -    -    -    login
api-1:list_plan_lines           GET    plan    login -    ok   ok   ok   ok   ok   -    -    ok   -    2nd
api-1:list_plan_gaps            GET    plan    login -    ok   ok   ok   ok   ok   -    -    ok   -    2nd
api-1:list_plan_holds           GET    plan    login -    ok   ok   ok   ok   ok   -    -    ok   -    2nd
api-1:list_pins                 GET    -       login -    ok   ok   ok   ok   ok   -    -    ok   -    2nd
api-1:create_pin                POST   -       login -    -    ok   ok   ok   -    -    -    -    -    login
api-1:withdraw_pin              POST   pin     login -    -    ok   -    -    -    -    -    -    -    login
"""
