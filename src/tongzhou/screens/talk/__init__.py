"""`/talk/`: somebody who needs to be heard; no account, no name, crisis numbers first."""
