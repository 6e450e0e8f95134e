"""Queued work of the courses room: parse arguments, call the service."""

from uuid import UUID

from courseway.courses.service import Service
from courseway.courses.service.uploads import IMPORT_JOB
from courseway.kit.queue import Job


def jobs(service: Service) -> tuple[Job, ...]:
    """Return the room's jobs."""

    async def import_upload(tenant_id: str, upload_id: str) -> None:
        await service.import_upload(UUID(tenant_id), UUID(upload_id))

    async def take_up() -> None:
        await service.take_up_silent_imports()

    return (
        Job(IMPORT_JOB, import_upload),
        Job("courses.sweep", service.sweep, every="*/10 * * * *"),
        Job("courses.take_up_silent_imports", take_up, every="* * * * *"),
    )
