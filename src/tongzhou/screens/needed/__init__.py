"""What is needed and what is not needed now - do not send; for everybody, without an account or JavaScript."""
