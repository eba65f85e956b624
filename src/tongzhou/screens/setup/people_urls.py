"""Addresses of accounts, roles, tokens, teams and the audit trail."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from tongzhou.screens.setup import people_audit, people_teams, people_views

__all__ = ["urlpatterns"]

urlpatterns: list[URLPattern | URLResolver] = [
    path("setup/people/", people_views.accounts, name="accounts"),
    path("setup/people/new/", people_views.new_account, name="new_account"),
    path("setup/people/<uuid:account_id>/", people_views.account, name="account"),
    path("setup/people/<uuid:account_id>/invite/", people_views.invite, name="invite"),
    path("setup/people/<uuid:account_id>/confirm/", people_views.confirm_account, name="confirm_account"),
    path("setup/people/<uuid:account_id>/consent/", people_views.consent, name="consent"),
    path("setup/people/<uuid:account_id>/close/", people_views.close_account, name="close_account"),
    path("setup/people/<uuid:account_id>/open/", people_views.open_account, name="open_account"),
    path("setup/people/<uuid:account_id>/factor/", people_views.reset_factor, name="reset_factor"),
    path("setup/people/<uuid:account_id>/grant/", people_views.grant, name="grant"),
    path("setup/people/<uuid:account_id>/token/", people_views.new_token, name="new_token"),
    path("setup/people/roles/<uuid:grant_id>/revoke/", people_views.revoke_grant, name="revoke_grant"),
    path("setup/people/tokens/<uuid:token_id>/revoke/", people_views.revoke_token, name="revoke_token"),
    path("setup/teams/", people_teams.teams, name="teams"),
    path("setup/teams/new/", people_teams.new_team, name="new_team"),
    path("setup/teams/<uuid:team_id>/", people_teams.team, name="team"),
    path("setup/teams/<uuid:team_id>/join/", people_teams.join, name="join_team"),
    path("setup/teams/<uuid:team_id>/close/", people_teams.close, name="close_team"),
    path("setup/teams/members/<uuid:member_id>/leave/", people_teams.leave, name="leave_team"),
    path("setup/audit/", people_audit.trail, name="trail"),
    path("setup/audit/check/", people_audit.check, name="check_trail"),
]
