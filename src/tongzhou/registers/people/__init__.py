"""Who works here: accounts, the roles they hold by line and area, teams, tokens; signing in with a second factor."""
