"""Tongzhou (同舟): who should help whom with what, now. The platform; the planning library is `tongzhou_engines`."""

__version__ = "0.1.0"
