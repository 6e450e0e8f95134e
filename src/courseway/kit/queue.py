"""
Background work on procrastinate: jobs live in PostgreSQL and are deferred in the transaction that causes them.

What lives here: registering jobs, deferring one inside a unit of work, running a worker, taking up the jobs of workers
that died. What does not: any job.
"""

import asyncio
import datetime
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import procrastinate
import structlog
from procrastinate import RetryStrategy
from procrastinate.psycopg_connector import PsycopgConnector

from courseway.kit.db import Tx

log = structlog.get_logger(__name__)
STALLED_AFTER_SECONDS = 10.0


@dataclass(frozen=True)
class Job:
    """Work that a room offers: `run` gets the deferred arguments as keywords (JSON values)."""

    name: str
    run: Callable[..., Awaitable[None]]
    queue: str = "default"
    attempts: int = 5
    wait_seconds: int = 2  # before the first retry; doubles
    every: str | None = None  # cron expression: run periodically, exactly one node each time


class Queue:
    """The queue. `defer` needs only registered names; `run_worker` needs the jobs."""

    def __init__(self, url: str, *, pool_size: int = 3) -> None:
        self._connector = PsycopgConnector(conninfo=url, min_size=0, max_size=pool_size)
        self.app = procrastinate.App(connector=self._connector)

    async def open(self) -> None:
        """Connect, for a process that only defers."""
        await self.app.open_async()

    async def close(self) -> None:
        """Disconnect."""
        await self.app.close_async()

    def register(self, jobs: Sequence[Job]) -> None:
        """Make jobs known by name."""
        for job in jobs:
            task = self.app.task(
                name=job.name,
                queue=job.queue,
                retry=RetryStrategy(max_attempts=job.attempts, exponential_wait=job.wait_seconds),
            )(job.run if job.every is None else _periodic(job))
            if job.every is not None:
                self.app.periodic(cron=job.every)(task)

    async def defer(
        self,
        tx: Tx,
        name: str,
        *,
        queue: str = "default",
        lock: str | None = None,
        after_seconds: float = 0,
        **arguments: Any,
    ) -> None:
        """Put a job into the queue, visible when the caller's transaction commits. Jobs of one `lock` run one after another."""
        values = {key: str(value) if isinstance(value, uuid.UUID) else value for key, value in arguments.items()}
        schedule_in = {"seconds": int(after_seconds)} if after_seconds >= 1 else None
        await self.app.configure_task(
            name, queue=queue, lock=lock, schedule_in=schedule_in, connection=tx.connection, allow_unknown=True
        ).defer_async(**values)

    async def run_worker(self, *, concurrency: int = 2, stop_when_empty: bool = False) -> None:
        """Work until cancelled (or until nothing is left). Jobs under way finish first."""
        async with self.app.open_async():
            await self.retry_stalled()
            # A worker killed a moment ago still looks alive when its successor starts, so one look is not enough.
            watch = None if stop_when_empty else asyncio.create_task(self._watch_stalled())
            try:
                await self.app.run_worker_async(
                    concurrency=concurrency,
                    wait=not stop_when_empty,
                    install_signal_handlers=not stop_when_empty,
                    fetch_job_polling_interval=2.0,
                    shutdown_graceful_timeout=20,
                    delete_jobs="successful",
                    update_heartbeat_interval=2.0,
                    stalled_worker_timeout=STALLED_AFTER_SECONDS,
                )
            finally:
                if watch is not None:
                    watch.cancel()

    async def _watch_stalled(self) -> None:
        while True:
            await asyncio.sleep(STALLED_AFTER_SECONDS / 2)
            try:
                await self.retry_stalled()
            except Exception:
                log.exception("job.watch_failed")

    async def retry_stalled(self, seconds_since_heartbeat: float = STALLED_AFTER_SECONDS) -> int:
        """Put the jobs of dead workers back into the queue; returns how many."""
        jobs = list(await self.app.job_manager.get_stalled_jobs(seconds_since_heartbeat=seconds_since_heartbeat))
        for job in jobs:
            log.warning("job.stalled", job=job.task_name, id=job.id)
            await self.app.job_manager.retry_job(job, retry_at=datetime.datetime.now(datetime.UTC))
        return len(jobs)


def _periodic(job: Job) -> Callable[..., Awaitable[None]]:
    async def run(timestamp: int) -> None:
        await job.run()

    return run
