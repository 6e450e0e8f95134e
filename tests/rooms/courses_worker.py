"""A worker process that imports slowly, to be killed: `python -m tests.rooms.courses_worker DATABASE_URL FOLDER SECONDS_A_WRITE`."""

import asyncio
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from courseway.courses import Service
from courseway.courses.jobs import jobs
from courseway.kit.db import Database
from courseway.kit.objects import FolderStore
from courseway.kit.queue import Queue
from courseway.kit.tokens import Signer
from tests.rooms.courses_room import SECRET


class SlowStore(FolderStore):
    """A folder on a slow disk."""

    pause_seconds = 0.0

    def write(self, key: str, parts: Iterable[bytes]) -> int:
        """Store an object, slowly."""
        time.sleep(self.pause_seconds)
        return super().write(key, parts)


async def run(url: str, folder: str, pause: str) -> None:
    """Work until killed."""
    db, queue, objects = Database(url, min_size=1, max_size=4), Queue(url), SlowStore(Path(folder))
    objects.pause_seconds = float(pause)
    service = Service(db=db, queue=queue, signer=Signer(SECRET), objects=objects, staging_dir=Path(folder))
    queue.register(jobs(service))
    await db.open()
    await queue.run_worker()


if __name__ == "__main__":
    asyncio.run(run(*sys.argv[1:4]))
