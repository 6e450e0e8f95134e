"""Tenants, users, roles, sessions, API keys, and the audit trail."""

from courseway.tenants.model import Caller, Role, Scope, ScopeMissing, platform_caller
from courseway.tenants.store.trail import record

__all__ = ["Caller", "Role", "Scope", "ScopeMissing", "platform_caller", "record"]
