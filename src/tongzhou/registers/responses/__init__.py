"""Emergencies being answered; all work hangs from one."""
