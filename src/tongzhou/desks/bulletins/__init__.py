"""Verified notices, rumours and answers, where to get help."""
