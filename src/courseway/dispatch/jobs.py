"""Queued work of the dispatch room: posting results to the addresses that tenants gave."""

from uuid import UUID

import structlog

from courseway.dispatch.service import Service
from courseway.dispatch.service.parts import POSTBACK_JOB
from courseway.kit.outgoing import AddressRefused
from courseway.kit.queue import Job

log = structlog.get_logger(__name__)
ATTEMPTS = 8


def jobs(service: Service) -> tuple[Job, ...]:
    """Return the room's jobs."""

    async def post_back(tenant_id: str, dispatch_id: str, registration_id: str) -> None:
        try:
            await service.post_back(UUID(tenant_id), UUID(dispatch_id), UUID(registration_id))
        except AddressRefused as refusal:
            # Trying again would be refused again; the address is the tenant's to change.
            log.warning("postback.refused", dispatch=dispatch_id, detail=refusal.detail)

    return (Job(POSTBACK_JOB, post_back, attempts=ATTEMPTS, wait_seconds=4),)
