"""Housekeeping: uploads whose sender or worker died, and objects that belong to nothing."""

from datetime import timedelta
from uuid import UUID

import structlog

from courseway.courses.model import UploadState, packages_prefix, versions_prefix
from courseway.courses.service.parts import CourseParts
from courseway.courses.service.uploads import IMPORT_JOB
from courseway.courses.store import uploads as upload_rows
from courseway.kit import idempotency
from courseway.kit.ids import parse_id

log = structlog.get_logger(__name__)


class Sweeping(CourseParts):
    """What nobody asks for by hand. Safe at any moment and on several nodes at once."""

    async def sweep(self) -> None:
        """End uploads whose sender went away, take up imports whose worker died, delete objects nobody owns."""
        await self._end_unfinished()
        await self.take_up_silent_imports()
        async with self._db.system() as tx:
            await idempotency.forget(tx, self._clock())
        await self._objects.tidy("t", self._clock() - timedelta(seconds=self._rules.unfinished_seconds))
        for folder in await self._objects.folders("t"):
            tenant_id = parse_id(folder.rpartition("/")[2])
            if tenant_id is not None:
                await self._sweep_tenant(tenant_id)

    async def _end_unfinished(self) -> None:
        now = self._clock()
        async with self._db.system() as tx:
            before = now - timedelta(seconds=self._rules.unfinished_seconds)
            silent = await upload_rows.find_silent(tx, before, receiving=True)
        for row in silent:
            async with self._db.tenant(row["tenant_id"]) as tx:
                sentence = "The upload stopped before its end; send the package again."
                await upload_rows.update_to_over(tx, row["id"], UploadState.FAILED, at=now, error=sentence)

    async def take_up_silent_imports(self) -> int:
        """Queue imports again that nobody has worked on for a while; returns how many."""
        async with self._db.system() as tx:
            before = self._clock() - timedelta(seconds=self._rules.silent_seconds)
            silent = await upload_rows.find_silent(tx, before, receiving=False)
        for row in silent:
            log.warning("import.silent", upload=str(row["id"]))
            async with self._db.tenant(row["tenant_id"]) as tx:
                await self._queue.defer(
                    tx, IMPORT_JOB, lock=f"upload:{row['id']}", tenant_id=row["tenant_id"], upload_id=row["id"]
                )
                await upload_rows.touch(tx, row["id"])
        return len(silent)

    async def _sweep_tenant(self, tenant_id: UUID) -> None:
        # Objects first, rows second: whoever stores something writes the row that owns it before.
        folders = await self._objects.folders(versions_prefix(tenant_id))
        packages = [one.key async for one in self._objects.list(packages_prefix(tenant_id))]
        async with self._db.system() as tx:
            owned = await upload_rows.find_owned(tx, tenant_id)
        if owned is None:
            # A tenant this database has never heard of: the store is shared with another platform, or the database is
            # an older copy. Either way these objects are not ours to delete.
            log.warning("sweep.stranger", tenant=str(tenant_id))
            return
        owned_versions, owned_packages = owned
        for folder in folders:
            if parse_id(folder.rpartition("/")[2]) not in owned_versions:
                count = await self._objects.delete_prefix(folder)
                log.info("sweep.version", prefix=folder, objects=count)
        for key in packages:
            if parse_id(key.rpartition("/")[2]) not in owned_packages:
                await self._objects.delete(key)
                log.info("sweep.package", key=key)
