"""What people do with tenants, users, sessions and keys: one method a user action."""

from courseway.tenants.service.keys import Keys
from courseway.tenants.service.members import Members
from courseway.tenants.service.signin import SignIn
from courseway.tenants.service.trail import Attempt, AuditTrail


class Service(SignIn, Members, Keys, AuditTrail):
    """The tenants room."""


__all__ = ["Attempt", "Service"]
