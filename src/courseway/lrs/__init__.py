"""Statements kept and asked for: the face of the lrs room. Documents, signed statements and writing by HTTP come later."""

from courseway.lrs.model import StatementPage, StatementQuery, StoredStatement
from courseway.lrs.service import Service

__all__ = ["Service", "StatementPage", "StatementQuery", "StoredStatement"]
