"""Setting the desk up: accounts, roles, teams, tokens, the audit trail; responses, stages, catalogue, places."""
