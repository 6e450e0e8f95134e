"""Tenants, users, roles, sessions, API keys, and the audit trail."""

from courseway.tenants.model import Caller, Role, Scope, ScopeMissing, platform_caller

__all__ = ["Caller", "Role", "Scope", "ScopeMissing", "platform_caller"]
