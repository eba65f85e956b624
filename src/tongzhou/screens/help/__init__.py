"""Asking for help without an account: for oneself, another, a facility; medicine; being called back."""
