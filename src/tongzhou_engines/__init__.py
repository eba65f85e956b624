"""Tongzhou's planning library: tables in, tables out; usable alone, without the platform."""
