"""What operators do with dispatches."""

import secrets
from typing import Any
from uuid import UUID

import msgspec

from courseway.courses import CourseMissing, VersionMissing
from courseway.dispatch.model.changes import (
    DispatchChanges,
    DispatchQuery,
    NewDispatch,
    check_expiry,
    check_limits,
    check_name,
    check_postback,
    check_versions,
)
from courseway.dispatch.model.refusals import DestinationMissing, DispatchMissing
from courseway.dispatch.model.values import Dispatch, Usage, VersionPolicy
from courseway.dispatch.service.destinations import cursor_place
from courseway.dispatch.service.parts import DispatchParts
from courseway.dispatch.store import destinations as destination_store
from courseway.dispatch.store import dispatches as store
from courseway.errors import Conflict
from courseway.kit.db import Tx
from courseway.kit.ids import new_id
from courseway.kit.paging import Page, make_page, page_limit
from courseway.standards.manifests.structure import CourseStructure
from courseway.tenants import Caller, Scope, record

USAGE_DAYS = 90


class NothingToRevert(Conflict):
    """This dispatch has no earlier version to go back to."""

    code, title = "dispatch.nothing_to_revert", "No earlier version"


class Dispatches(DispatchParts):
    """Make, list, change, pause, delete and restore dispatches, and see how they are used."""

    async def create_dispatch(self, caller: Caller, new: NewDispatch) -> Dispatch:
        """Send a course to a destination; the package is then ready for download."""
        caller.require(Scope.DISPATCH_WRITE)
        dispatch_id = new_id()
        values: dict[str, Any] = {**msgspec.structs.asdict(new), "tags": list(new.tags)}
        values["postback_url"] = check_postback(new.postback_url)
        check_limits(new.registration_cap, new.canary_percent)
        check_expiry(new.expires_at, None, self._clock())
        check_versions(new.version_policy, new.pinned_version_id)
        async with self._db.tenant(caller.tenant_id) as tx:
            if await destination_store.find_destination(tx, new.destination_id) is None:
                raise DestinationMissing
            title = await store.find_course_title(tx, new.course_id)
            if title is None:
                raise CourseMissing("There is no such course that could be dispatched.")
            await _check_pinned(tx, new.course_id, new.pinned_version_id)
            current = (await self._courses.get_course(tx, new.course_id)).current_version_id
            await self._check_organization(tx, values, current)
            values["name"] = check_name(new.name or title[:200])
            await store.insert_dispatch(tx, dispatch_id, secrets.token_urlsafe(32), values)
            await record(tx, caller, "dispatch.created", "dispatch", dispatch_id, values["name"])
            return await expect_dispatch(tx, dispatch_id)

    async def list_dispatches(self, caller: Caller, query: DispatchQuery | None = None) -> Page[Dispatch]:
        """List dispatches, newest first or by name."""
        caller.require(Scope.DISPATCH_READ)
        query = query or DispatchQuery()
        limit = page_limit(query.limit)
        place = cursor_place(query.cursor, named=query.by_name)
        async with self._db.tenant(caller.tenant_id) as tx:
            found = await store.find_dispatches(tx, query, place, limit + 1, self._clock())
        if query.by_name:
            return make_page(found, limit, lambda dispatch: (dispatch.name.lower(), dispatch.id))
        return make_page(found, limit, lambda dispatch: (dispatch.id,))

    async def dispatch(self, caller: Caller, dispatch_id: UUID) -> Dispatch:
        """Read one dispatch; DispatchMissing."""
        caller.require(Scope.DISPATCH_READ)
        async with self._db.tenant(caller.tenant_id) as tx:
            return await expect_dispatch(tx, dispatch_id)

    async def postback_secret(self, caller: Caller, dispatch_id: UUID) -> str:
        """Read the secret that this dispatch's postbacks are signed with."""
        caller.require(Scope.DISPATCH_WRITE)
        async with self._db.tenant(caller.tenant_id) as tx:
            await expect_dispatch(tx, dispatch_id)
            return (await store.load_postback(tx, dispatch_id))[1]

    async def update_dispatch(self, caller: Caller, dispatch_id: UUID, changes: DispatchChanges) -> Dispatch:
        """Change what is given. Learners in the middle of the course go on; their next launch follows the new rules."""
        caller.require(Scope.DISPATCH_WRITE)
        given = {name: value for name, value in msgspec.structs.asdict(changes).items() if value is not msgspec.UNSET}
        async with self._db.tenant(caller.tenant_id) as tx:
            before = await expect_dispatch(tx, dispatch_id)
            return await self._change(tx, caller, before, given, "dispatch.updated")

    async def pause(self, caller: Caller, dispatch_id: UUID) -> Dispatch:
        """Let nobody launch until it is resumed."""
        return await self.update_dispatch(caller, dispatch_id, DispatchChanges(enabled=False))

    async def resume(self, caller: Caller, dispatch_id: UUID) -> Dispatch:
        """Let learners launch again."""
        return await self.update_dispatch(caller, dispatch_id, DispatchChanges(enabled=True))

    async def revert_version(self, caller: Caller, dispatch_id: UUID) -> Dispatch:
        """Pin the version that was played before the last change of version; NothingToRevert without one."""
        caller.require(Scope.DISPATCH_WRITE)
        async with self._db.tenant(caller.tenant_id) as tx:
            before = await expect_dispatch(tx, dispatch_id)
            if before.previous_version_id is None:
                raise NothingToRevert
            given = {"version_policy": VersionPolicy.PINNED, "pinned_version_id": before.previous_version_id}
            return await self._change(tx, caller, before, given, "dispatch.version_reverted")

    async def reset_count(self, caller: Caller, dispatch_id: UUID) -> Dispatch:
        """Count registrations from zero again, for a new licence period; learners keep theirs."""
        caller.require(Scope.DISPATCH_WRITE)
        async with self._db.tenant(caller.tenant_id) as tx:
            before = await expect_dispatch(tx, dispatch_id)
            await store.reset_count(tx, dispatch_id, self._clock())
            detail = {"count": before.registration_count}
            await record(tx, caller, "dispatch.count_reset", "dispatch", dispatch_id, before.name, detail=detail)
            return await expect_dispatch(tx, dispatch_id)

    async def delete_dispatch(self, caller: Caller, dispatch_id: UUID) -> None:
        """Put a dispatch into the bin: its packages stop working, its results stay."""
        caller.require(Scope.DISPATCH_DELETE)
        async with self._db.tenant(caller.tenant_id) as tx:
            before = await expect_dispatch(tx, dispatch_id)
            await store.mark_dispatch(tx, dispatch_id, deleted=True)
            await record(tx, caller, "dispatch.deleted", "dispatch", dispatch_id, before.name)

    async def restore_dispatch(self, caller: Caller, dispatch_id: UUID) -> Dispatch:
        """Take a dispatch out of the bin: its packages work again."""
        caller.require(Scope.DISPATCH_WRITE)
        async with self._db.tenant(caller.tenant_id) as tx:
            before = await expect_dispatch(tx, dispatch_id, deleted=True)
            await store.mark_dispatch(tx, dispatch_id, deleted=False)
            await record(tx, caller, "dispatch.restored", "dispatch", dispatch_id, before.name)
            return await expect_dispatch(tx, dispatch_id)

    async def usage(self, caller: Caller, dispatch_id: UUID, days: int = USAGE_DAYS) -> Usage:
        """Read how much of a dispatch is used, with its last days (at most 366)."""
        caller.require(Scope.DISPATCH_READ)
        async with self._db.tenant(caller.tenant_id) as tx:
            return await store.load_usage(tx, await expect_dispatch(tx, dispatch_id), max(1, min(days, 366)))

    async def organizations(self, caller: Caller, dispatch_id: UUID) -> CourseStructure:
        """Read what the version that this dispatch plays consists of: which organizations there are, and the default."""
        caller.require(Scope.DISPATCH_READ)
        async with self._db.tenant(caller.tenant_id) as tx:
            one = await expect_dispatch(tx, dispatch_id)
            return (await self._courses.version(tx, one.pinned_version_id or one.current_version_id)).structure

    async def _check_organization(self, tx: Tx, values: dict[str, Any], current_version_id: UUID) -> None:
        """Raise OrganizationUnknown when the version that is certain to be played does not have the organization."""
        version_id = values["pinned_version_id"] or current_version_id
        await self._learning.check_organization(tx, version_id, values["options"].organization)

    async def _change(self, tx: Tx, caller: Caller, before: Dispatch, given: dict[str, Any], action: str) -> Dispatch:
        values: dict[str, Any] = {**msgspec.structs.asdict(before), **given}
        values["name"] = check_name(values["name"])
        values["postback_url"] = check_postback(values["postback_url"])
        values["tags"] = list(values["tags"])
        check_limits(values["registration_cap"], values["canary_percent"])
        check_expiry(values["expires_at"], before.expires_at, self._clock())
        check_versions(values["version_policy"], values["pinned_version_id"])
        version = (values["version_policy"], values["pinned_version_id"])
        if version != (before.version_policy, before.pinned_version_id):
            await _check_pinned(tx, before.course_id, values["pinned_version_id"])
            stable = before.version_policy is not VersionPolicy.NEWEST
            values["previous_version_id"] = before.pinned_version_id if stable else before.current_version_id
        if values["options"].organization != before.options.organization:
            await self._check_organization(tx, values, before.current_version_id)
        await store.update_dispatch(tx, before.id, values)
        detail = msgspec.to_builtins(given)
        await record(tx, caller, action, "dispatch", before.id, values["name"], detail=detail)
        return await expect_dispatch(tx, before.id)


async def _check_pinned(tx: Tx, course_id: UUID, version_id: UUID | None) -> None:
    if version_id is not None and not await store.is_version_of(tx, course_id, version_id):
        raise VersionMissing("pinned_version_id is not a version of this course.")


async def expect_dispatch(tx: Tx, dispatch_id: UUID, *, deleted: bool = False) -> Dispatch:
    """Read a dispatch; DispatchMissing."""
    found = await store.find_dispatch(tx, dispatch_id, deleted=deleted)
    if found is None:
        raise DispatchMissing
    return found
