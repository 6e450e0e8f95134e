"""Queued work of the tenants room: housekeeping."""

from courseway.kit.queue import Job
from courseway.tenants.service import Service


def jobs(service: Service) -> tuple[Job, ...]:
    """Return the room's jobs."""
    return (Job("tenants.delete_expired", service.delete_expired, every="17 3 * * *"),)
