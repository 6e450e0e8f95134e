"""Starting a launch from a link: first, again after a reload, in the place of another window, as a preview."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from courseway.kit.db import Row, Tx
from courseway.kit.ids import new_id
from courseway.learning.model import (
    LearnerIdentity,
    LinkExpired,
    LinkInvalid,
    Mode,
    OpenElsewhere,
    RegistrationNotFound,
    Summary,
)
from courseway.learning.model.across import take_shared
from courseway.learning.model.delivering import render_refused, render_tree
from courseway.learning.model.moving import open_play
from courseway.learning.model.play import Delivered, Held, Launch, Play, Playable
from courseway.learning.model.protocol import StartAnswer, StartBody
from courseway.learning.service.parts import Link, Session, digest_tab
from courseway.learning.service.playing import Playing, describe_move
from courseway.learning.store import plays
from courseway.standards.sequencing.overall import Entry, Outcome
from courseway.standards.sequencing.values import Request, RequestKind

ALIVE_SECONDS = 75
"""A window that was not heard of for so long (it beats every 30 s) is not in anybody's way."""


class Starting(Playing):
    """What the player's window asks first."""

    async def start(self, body: StartBody, *, user_agent: str = "", address: str = "") -> StartAnswer:
        """
        Start a launch, or go on with this window's own after a reload.

        Raises LinkInvalid, LinkExpired, OpenElsewhere (unless `takeover`), RegistrationNotFound, NotPlayable.
        """
        link = self.read_link(body.link)
        window = {"user_agent": user_agent[:300], "address": address[:100]}
        async with self._db.tenant(link.tenant_id) as tx:
            if link.mode is Mode.NORMAL:
                return await self._start(tx, link, body, window)
            return await self._start_preview(tx, link, body, window)

    async def _start(self, tx: Tx, link: Link, body: StartBody, window: dict[str, str]) -> StartAnswer:
        if link.registration_id is None:
            raise LinkInvalid
        row = await plays.lock_registration(tx, link.registration_id)
        if row is None:
            raise RegistrationNotFound
        course, now = await self._playable(tx, row["version_id"], row["organization"]), self._clock()
        held = plays.held_of(row)
        last, delivered, records, shared = await plays.load_last_launch(
            tx, course, link.registration_id, row["learner_id"], row["active_launch_id"], _may_go_on(course, held)
        )
        mine = last is not None and not last.ended and last.tab_key_hash == digest_tab(body.tab_key)
        if not mine:
            _refuse(link, body, last, now)
        launch = last if mine and last else _new_launch(link, row, body)
        play = Play(last or launch, _learner(row), plays.summary_of(row), held, delivered, records)
        play.learner_id = row["learner_id"]
        take_shared(course, play, shared)
        held.keeps_time_limits = link.settings.keep_time_limits
        before, begun = play.summary, _describe_beginning(play, mine=mine)
        outcome, again = open_play(course, play, launch, now)
        answer = await self._answer(tx, link, course, play, outcome, again=again, now=now)
        replaced = None if mine or last is None else last.id
        why = "superseded" if last is not None and _is_alive(last, now) else "lost"
        await self._save_shared(tx, course, play, now)
        taken = {"replaced": replaced, "replaced_why": why}
        await self._save_move(tx, play, now, {**begun, **_describe_start(outcome), **window, **taken})
        await self._tell(tx, course, play, before, now, launches=0 if mine else 1)
        return answer

    async def _start_preview(self, tx: Tx, link: Link, body: StartBody, window: dict[str, str]) -> StartAnswer:
        """Play without tracking: the launch's own row holds everything."""
        now, found = self._clock(), await plays.load_preview(tx, link.id)
        tab = digest_tab(body.tab_key)
        mine = found is not None and not found.launch.ended and found.launch.tab_key_hash == tab
        if link.expired and not mine:
            raise LinkExpired
        if mine and found is not None:
            play = found
        else:
            play = await self._fresh_preview(tx, link, body)
            await plays.drop_old_previews(tx, play.launch.course_id, play.launch.id)
        course = await self._playable(tx, play.launch.version_id, play.launch.organization)
        play.held.keeps_time_limits = link.settings.keep_time_limits
        begun = _describe_beginning(play, mine=mine)
        outcome, again = open_play(course, play, play.launch, now)
        answer = await self._answer(tx, link, course, play, outcome, again=again, now=now)
        await self._save_move(tx, play, now, {**begun, **_describe_start(outcome), **window})
        return answer

    async def _fresh_preview(self, tx: Tx, link: Link, body: StartBody) -> Play:
        if link.mode is Mode.REVIEW and link.registration_id is not None:
            row = await plays.lock_registration(tx, link.registration_id)
            if row is None:
                raise RegistrationNotFound
            course, held = await self._playable(tx, row["version_id"], row["organization"]), plays.held_of(row)
            leaves = [one.identifier for one in course.tree.leaves]
            records = await plays.load_records(tx, link.registration_id, leaves)
            learner, summary = _learner(row), plays.summary_of(row)
        elif link.course_id is not None and link.version_id is not None:
            row = {"course_id": link.course_id, "version_id": link.version_id, "organization": link.organization}
            held, records, learner, summary = Held(), {}, LearnerIdentity("preview", "Preview"), Summary()
        else:
            raise LinkInvalid
        launch = _new_launch(link, row, body)
        launch.id, launch.registration_id = link.id, None
        return Play(launch, learner, summary, held, Delivered(), records)

    async def _answer(
        self, tx: Tx, link: Link, course: Playable, play: Play, outcome: Outcome, *, again: bool, now: datetime
    ) -> StartAnswer:
        delivery = await self._deliver(tx, course, play, outcome, now, again=again) if outcome.delivered else None
        launch = play.launch
        if delivery is None:
            launch.activity_id = ""
        session = Session(
            launch.tenant_id, launch.id, launch.registration_id, launch.tab_key_hash.hex()[:16], link.exit_url
        )
        return StartAnswer(
            session=self._sign_session(session, now),
            launch_id=str(launch.id),
            registration_id=str(launch.registration_id or launch.id),
            mode=launch.mode.value,
            course={"title": course.shown_title, "standard": course.standard, "edition": course.structure.edition},
            learner={"id": play.learner.shown_id, "name": play.learner.name},
            settings=link.settings,
            exit_url=link.exit_url,
            tree=render_tree(course, play.held.sequencing),
            next_seq=launch.last_seq + 1,
            next_nav=launch.last_nav + 1,
            delivery=delivery,
            ended=outcome.ended,
            refused=render_refused(outcome.refused),
            summary=play.summary,
            revision=play.summary.revision,
            toc=outcome.toc,
            valid=outcome.valid,
        )


def _describe_beginning(play: Play, *, mine: bool) -> dict[str, Any]:
    """Return what the history keeps of what a launch, or a reload of its window, began from."""
    if mine:
        return {"reload": True, "seen_at": play.launch.last_seen_at}
    return {"start_state": msgspec.json.encode(play.beginning()).decode()}


def _describe_start(outcome: Outcome) -> dict[str, Any]:
    kind = RequestKind.RESUME_ALL if outcome.entry is Entry.RESUME else RequestKind.START
    return describe_move(Request(kind), outcome)


def _may_go_on(course: Playable, held: Held) -> set[str]:
    names = {held.sequencing.current, held.sequencing.suspended}
    if course.single:
        names.add(course.tree.leaves[0].identifier)
    return {one for one in names if one}


def _refuse(link: Link, body: StartBody, last: Launch | None, now: datetime) -> None:
    if link.expired:
        raise LinkExpired
    if last is not None and _is_alive(last, now) and not body.takeover:
        raise OpenElsewhere(since=last.last_seen_at.isoformat() if last.last_seen_at else None)


def _is_alive(launch: Launch, now: datetime) -> bool:
    if launch.ended or launch.end_reason == "away" or launch.last_seen_at is None:
        return False
    return now - launch.last_seen_at < timedelta(seconds=ALIVE_SECONDS)


def _new_launch(link: Link, row: Row, body: StartBody) -> Launch:
    return Launch(
        id=new_id(),
        tenant_id=link.tenant_id,
        registration_id=link.registration_id,
        course_id=row["course_id"],
        version_id=row["version_id"],
        mode=link.mode,
        tab_key_hash=digest_tab(body.tab_key),
        link_expires_at=datetime.fromtimestamp(link.expires_at, UTC),
        fresh=True,
        organization=row["organization"],
    )


def _learner(row: dict[str, Any]) -> LearnerIdentity:
    return LearnerIdentity(row["external_id"], row["name"], row["email"], row["own_id"])
