"""Reads of hotline."""
