"""The pages of professionals in the permission table; `table.py` explains columns and verdicts."""

from __future__ import annotations

__all__ = ["PROFESSIONALS_TABLE"]

PROFESSIONALS_TABLE = """
address                         method object  anon  volu veri coor away line liai offi offx anal admi weak auth revi publ coun coux supe supx

"""
