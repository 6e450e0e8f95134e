"""Registrations as their owners see them: open, list, look at, reset, mark, and make links to launch them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from courseway.learning.model import LearnerIdentity, LinkOptions, Registration, Summary

Tx = Any  # becomes kit.db's unit of work


class Service:
    """One method a user action; a first parameter `tx` means inside the caller's unit of work."""

    async def open_dispatch_registration(
        self,
        tx: Tx,
        *,
        tenant_id: UUID,
        course_id: UUID,
        version_id: UUID,
        learner: LearnerIdentity,
        dispatch_id: UUID,
        fresh: bool = False,
    ) -> Registration:
        """
        Find this learner's newest registration of this dispatch, or make one; `created` says which.

        `fresh` is the foreign LMS's word that the learner starts anew: it makes another instance
        only when the newest one is finished (completed, passed or failed).
        """
        raise NotImplementedError

    async def find_dispatch_registrations(
        self, tx: Tx, *, tenant_id: UUID, dispatch_id: UUID, external_id: str
    ) -> Sequence[Registration]:
        """List what this learner has under this dispatch, newest instance first; makes nothing."""
        raise NotImplementedError

    async def create_link(
        self, tx: Tx | None, tenant_id: UUID, registration_id: UUID, options: LinkOptions = LinkOptions()
    ) -> str:
        """Make a signed launch path, "/play/<token>", good for starting within `options.ttl_seconds`."""
        raise NotImplementedError

    async def summary(self, tx: Tx | None, tenant_id: UUID, registration_id: UUID) -> Summary:
        """Read what a registration has reached, with its revision."""
        raise NotImplementedError

    async def registration(self, tx: Tx | None, tenant_id: UUID, registration_id: UUID) -> Registration:
        """Read one registration."""
        raise NotImplementedError
