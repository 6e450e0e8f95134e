"""Registrations as their owners and the rooms above see them: opened, listed, looked into, reset, marked, launched."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import msgspec

from courseway import tenants
from courseway.errors import Invalid
from courseway.kit.db import Tx
from courseway.kit.ids import new_id, parse_id
from courseway.kit.paging import Page, decode_cursor, make_page, page_limit
from courseway.learning.model import (
    Completion,
    LearnerIdentity,
    LinkOptions,
    Mode,
    NotPlayable,
    PlayerSettings,
    Registration,
    RegistrationDetail,
    RegistrationNotFound,
    RegistrationQuery,
    Score,
    Success,
    Summary,
)
from courseway.learning.model.looking import view_activities
from courseway.learning.model.organizations import expect_organization, missing_organization
from courseway.learning.model.play import Playable
from courseway.learning.service.parts import LearningParts, Link, new_link
from courseway.learning.store import across, plays
from courseway.learning.store import registrations as rows
from courseway.tenants import Caller, Scope


class Registrations(LearningParts):
    """One method a user action; a first parameter `tx` means inside the caller's unit of work."""

    # For the rooms above ----------------------------------------------------------------------------------------

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
        organization: str = "",
    ) -> Registration:
        """
        Find this learner's newest registration under a dispatch, or make one; `created` says which.

        `fresh` makes another instance whatever there is; the dispatch has decided that it may. A version that does not
        have the organization plays its default; `note` says so.
        """
        if not fresh:
            known = await rows.find_of_learner(tx, course_id, learner.external_id, dispatch_id)
            if known:
                return known[0]
        return await self._open_kept(tx, course_id, version_id, organization, learner, dispatch_id)

    async def check_organization(self, tx: Tx, version_id: UUID, organization: str) -> None:
        """Raise OrganizationUnknown, with those there are, unless the version has this organization; "" is its default."""
        expect_organization((await self._courses.version(tx, version_id)).structure, organization)

    async def create_link(
        self, tx: Tx | None, tenant_id: UUID, registration_id: UUID, options: LinkOptions | None = None
    ) -> str:
        """Make a signed launch path, "/play/<token>", good for starting within `options.ttl_seconds`."""
        wanted = options or LinkOptions()
        settings = wanted.settings
        async with self._within(tx, tenant_id) as own:
            if settings is None:
                registration = await rows.load_registration(own, registration_id)
                settings = player_settings(
                    (await self._courses.get_course(own, registration.course_id)).player_settings
                )
        link = new_link(tenant_id, wanted, settings)
        return self._path(msgspec.structs.replace(link, registration_id=registration_id), wanted)

    async def summary(self, tx: Tx | None, tenant_id: UUID, registration_id: UUID) -> Summary:
        """Read what a registration has reached, with its revision; RegistrationNotFound when there is none."""
        return (await self.registration(tx, tenant_id, registration_id)).summary

    async def registration(self, tx: Tx | None, tenant_id: UUID, registration_id: UUID) -> Registration:
        """Read one registration; RegistrationNotFound when there is none."""
        async with self._within(tx, tenant_id) as own:
            return await rows.load_registration(own, registration_id)

    async def take_receipt(self, tx: Tx, registration_id: UUID, *, revision: int, ok: bool, error: str = "") -> None:
        """Note that a customer's LMS took a revision of the results, or refused it."""
        await rows.take_receipt(tx, registration_id, revision=revision, ok=ok, error=error, now=self._clock())

    # For people -------------------------------------------------------------------------------------------------

    async def create(
        self,
        caller: Caller,
        course_id: UUID,
        learner: LearnerIdentity,
        *,
        another: bool = False,
        organization: str = "",
    ) -> Registration:
        """
        Register a learner for an organization of a course, "" for the default; `created` is False when she was already.

        `another` makes a further instance. Needs course:write. CourseMissing, NotPlayable, OrganizationUnknown, Invalid.
        """
        caller.require(Scope.COURSE_WRITE)
        _check_learner(learner)
        async with self._db.tenant(caller.tenant_id) as tx:
            version = await self._courses.current_version(tx, course_id)
            expect_organization(version.structure, organization)
            await self._playable(tx, version.id, organization)
            if not another:
                usual = version.structure.organization.identifier
                for known in await rows.find_of_learner(tx, course_id, learner.external_id, None):
                    if (known.organization or usual) == (organization or usual):
                        return known
            made = await self._open(tx, course_id, version.id, organization, learner, None)
            await self._record(tx, caller, "registration.created", made)
            return made

    async def new_instance(self, caller: Caller, registration_id: UUID) -> Registration:
        """
        Register the same learner once more, on the course's current version; the old one stays as it is.

        When that version does not have the old one's organization its default is played; `note` says so.
        """
        caller.require(Scope.COURSE_WRITE)
        async with self._db.tenant(caller.tenant_id) as tx:
            old = await rows.load_registration(tx, registration_id)
            version = await self._courses.current_version(tx, old.course_id)
            made = await self._open_kept(tx, old.course_id, version.id, old.organization, old.learner, old.dispatch_id)
            await self._record(tx, caller, "registration.created", made, instance=made.instance)
            return made

    async def list_registrations(self, caller: Caller, query: RegistrationQuery) -> Page[Registration]:
        """List registrations by cursor, newest first; needs analytics:read."""
        caller.require(Scope.ANALYTICS_READ)
        limit = page_limit(query.limit)
        before = parse_id(str(decode_cursor(query.cursor, 1)[0])) if query.cursor else None
        if query.cursor and before is None:
            raise Invalid("cursor is not one that this list gave out; start again without it")
        async with self._db.tenant(caller.tenant_id) as tx:
            found = await rows.find_registrations(tx, query, limit + 1, before)
        return make_page(found, limit, lambda one: (one.id,))

    async def show(self, caller: Caller, registration_id: UUID) -> RegistrationDetail:
        """Show a registration with its activity tree: status, score, time, objectives and interactions of each."""
        caller.require(Scope.ANALYTICS_READ)
        async with self._db.tenant(caller.tenant_id) as tx:
            registration = await rows.load_registration(tx, registration_id)
            course = await self._playable(tx, registration.version_id, registration.organization)
            held = await rows.load_held(tx, registration_id)
            states = await rows.load_states(tx, registration_id)
        activities = view_activities(course, held.sequencing, states)
        several = len(course.structure.organizations) > 1
        return RegistrationDetail(
            registration=registration,
            standard=course.standard,
            edition=course.structure.edition,
            organization_title=(course.organization.title or course.organization.identifier) if several else "",
            activities=activities,
        )

    async def delete(self, caller: Caller, registration_id: UUID) -> None:
        """
        Take a registration away; it can no longer be launched. Needs course:delete.

        What no other course of the learner refers to of her global objectives and shared data is forgotten.
        """
        caller.require(Scope.COURSE_DELETE)
        async with self._db.tenant(caller.tenant_id) as tx:
            await self._lock(tx, registration_id)
            found = await rows.load_registration(tx, registration_id)
            await rows.delete_registration(tx, registration_id, self._clock())
            await self._forget_shared(tx, found)
            await self._record(tx, caller, "registration.deleted", found)

    async def reset(self, caller: Caller, registration_id: UUID) -> Registration:
        """
        Put a registration back to its beginning; a window that is open on it stops saving.

        What the learner's other courses refer to of her global objectives and shared data stays; the rest is forgotten.
        """
        caller.require(Scope.COURSE_WRITE)
        async with self._db.tenant(caller.tenant_id) as tx:
            await self._lock(tx, registration_id)
            found = await rows.load_registration(tx, registration_id)
            await rows.reset_registration(tx, registration_id)
            await self._forget_shared(tx, found)
            await self._record(tx, caller, "registration.reset", found, before=msgspec.to_builtins(found.summary))
            return await rows.load_registration(tx, registration_id)

    async def mark(
        self,
        caller: Caller,
        registration_id: UUID,
        *,
        completion: Completion,
        success: Success,
        score_scaled: float | None = None,
        reason: str,
    ) -> Registration:
        """Set a result by hand, with a reason that stays in the audit trail; it stays until the course does better."""
        caller.require(Scope.COURSE_WRITE)
        if not reason.strip():
            raise Invalid("Say why the result is set by hand; the reason is kept.")
        if score_scaled is not None and not -1 <= score_scaled <= 1:
            raise Invalid("score_scaled is between -1 and 1")
        async with self._db.tenant(caller.tenant_id) as tx:
            await self._lock(tx, registration_id)
            found, held = await rows.load_registration(tx, registration_id), await rows.load_held(tx, registration_id)
            score = found.summary.score
            if score_scaled is not None:
                score = Score(score_scaled, round(score_scaled * 100, 2), 0.0, 100.0)
            marked = msgspec.structs.replace(found.summary, completion=completion, success=success, score=score)
            held.floor = marked
            await rows.mark_registration(tx, registration_id, marked, held, self._clock())
            detail = {"reason": reason[:1000], "before": msgspec.to_builtins(found.summary)}
            await self._record(tx, caller, "registration.marked", found, **detail)
            facts = ["registration.changed"]
            await plays.count(tx, found.course_id, found.id, self._clock(), facts=facts, payload=marked)
            return await rows.load_registration(tx, registration_id)

    async def launch_link(self, caller: Caller, registration_id: UUID, options: LinkOptions | None = None) -> str:
        """Make a whole launch address, good for the platform's 15 minutes unless said otherwise. Needs course:write."""
        caller.require(Scope.COURSE_WRITE)
        async with self._db.tenant(caller.tenant_id) as tx:
            await rows.load_registration(tx, registration_id)
            return self._origin(caller.tenant_id) + await self.create_link(
                tx, caller.tenant_id, registration_id, options
            )

    async def preview_link(
        self,
        caller: Caller,
        course_id: UUID,
        *,
        version_id: UUID | None = None,
        organization: str = "",
        exit_url: str | None = None,
    ) -> str:
        """
        Make a whole address that plays an organization of a course, "" for the default, without tracking.

        Needs course:read. NotPlayable, OrganizationUnknown.
        """
        caller.require(Scope.COURSE_READ)
        async with self._db.tenant(caller.tenant_id) as tx:
            course = await self._courses.get_course(tx, course_id)
            version = await self._courses.version(tx, version_id or course.current_version_id)
            expect_organization(version.structure, organization)
            await self._playable(tx, version.id, organization)
        options = LinkOptions(mode=Mode.PREVIEW, exit_url=exit_url)
        link = new_link(caller.tenant_id, options, player_settings(course.player_settings))
        link = msgspec.structs.replace(link, course_id=course_id, version_id=version.id, organization=organization)
        return self._origin(caller.tenant_id) + self._path(link, options)

    # What the actions share -------------------------------------------------------------------------------------

    async def _open_kept(
        self, tx: Tx, course_id: UUID, version_id: UUID, organization: str, learner: LearnerIdentity,
        dispatch_id: UUID | None,
    ) -> Registration:  # fmt: skip
        """Open a registration for an organization that an earlier version had; without it, for the default, and say so."""
        structure = (await self._courses.version(tx, version_id)).structure
        if not organization or structure.find_organization(organization) is not None:
            return await self._open(tx, course_id, version_id, organization, learner, dispatch_id)
        made = await self._open(tx, course_id, version_id, "", learner, dispatch_id)
        return msgspec.structs.replace(made, note=missing_organization(structure, organization))

    async def _forget_shared(self, tx: Tx, registration: Registration) -> None:
        """Forget what is shared under the targets of this registration's course that no other course of hers refers to."""
        course = await self._shared_by(tx, registration.version_id, registration.organization)
        if course is None:
            return
        objectives, stores = set(course.objective_targets), set(course.store_targets)
        for version_id, organization in await across.find_other_courses(tx, registration.learner_id, registration.id):
            other = await self._shared_by(tx, version_id, organization)
            if other is not None:
                objectives -= other.objective_targets
                stores -= other.store_targets
        await across.forget_shared(tx, registration.learner_id, objectives, stores)

    async def _shared_by(self, tx: Tx, version_id: UUID, organization: str) -> Playable | None:
        """Return a course that shares anything, None when it does not or cannot be played."""
        try:
            course = await self._playable(tx, version_id, organization)
        except NotPlayable:
            return None
        return course if course.shares else None

    async def _open(
        self, tx: Tx, course_id: UUID, version_id: UUID, organization: str, learner: LearnerIdentity,
        dispatch_id: UUID | None,
    ) -> Registration:  # fmt: skip
        now, registration_id = self._clock(), new_id()
        learner_id, _ = await rows.upsert_learner(tx, new_id(), learner)
        await rows.insert_registration(
            tx, id=registration_id, course_id=course_id, version_id=version_id, organization=organization,
            learner_id=learner_id, dispatch_id=dispatch_id, now=now,
        )  # fmt: skip
        await plays.count(tx, course_id, registration_id, now, registrations=1, facts=["registration.created"])
        made = await rows.load_registration(tx, registration_id)
        return msgspec.structs.replace(made, created=True)

    async def _lock(self, tx: Tx, registration_id: UUID) -> None:
        if await plays.lock_registration(tx, registration_id) is None:
            raise RegistrationNotFound

    async def _record(self, tx: Tx, caller: Caller, action: str, about: Registration, **detail: Any) -> None:
        name = f"{about.learner.name or about.learner.shown_id} · {about.course_title}"
        await tenants.record(tx, caller, action, "registration", about.id, name, detail=detail)

    def _path(self, link: Link, options: LinkOptions) -> str:
        return "/play/" + self._sign_link(link, options.ttl_seconds)

    def _origin(self, tenant_id: UUID) -> str:
        return self._courses.content_origin(tenant_id)

    @asynccontextmanager
    async def _within(self, tx: Tx | None, tenant_id: UUID) -> AsyncIterator[Tx]:
        if tx is not None:
            yield tx
            return
        async with self._db.tenant(tenant_id) as own:
            yield own


def player_settings(stored: dict[str, Any]) -> PlayerSettings:
    """Read a course's player settings, as far as they are known ones."""
    try:
        return msgspec.convert(stored, PlayerSettings)
    except msgspec.ValidationError:
        return PlayerSettings()


def _check_learner(learner: LearnerIdentity) -> None:
    if not learner.external_id.strip() or len(learner.external_id) > 255 or "\x00" in learner.external_id:
        raise Invalid("learner.id has 1 to 255 characters")
    if len(learner.name) > 255 or len(learner.email) > 320:
        raise Invalid("learner.name has at most 255 characters, learner.email at most 320")
