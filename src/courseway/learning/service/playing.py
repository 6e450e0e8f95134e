"""
Playing: commits, navigations and heartbeats of a launch under way, each in one transaction. Starting is `starting`.
"""

from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import msgspec

from courseway.kit.db import Tx
from courseway.kit.ids import new_id
from courseway.learning.model import (
    Gap,
    LaunchEnded,
    SessionInvalid,
    Summary,
    Superseded,
)
from courseway.learning.model.across import keep_unheard, plan_shared, take_shared
from courseway.learning.model.delivering import begin_activity, render_delivery, render_refused
from courseway.learning.model.moving import move_play
from courseway.learning.model.play import News, Play, Playable
from courseway.learning.model.playing import take_commits
from courseway.learning.model.protocol import (
    CommitAnswer,
    CommitBody,
    Delivery,
    HeartbeatBody,
    NavigateAnswer,
    NavigateBody,
)
from courseway.learning.service.parts import LearningParts, Session
from courseway.learning.store import across, plays
from courseway.standards import xapi
from courseway.standards.sequencing.overall import Entry, Outcome
from courseway.standards.sequencing.values import Request, RequestKind
from courseway.standards.xapi.scorm import activity_iri


class Playing(LearningParts):
    """What the player's window asks for while it runs."""

    async def commit(self, body: CommitBody) -> CommitAnswer:
        """
        Take numbered commits, each once.

        Raises Gap, Superseded, LaunchEnded, SessionInvalid.
        """
        session, now = self._read_session(body.session), self._clock()
        async with self._db.tenant(session.tenant_id) as tx:
            play = await self._load(tx, session)
            course = await self._playable(tx, play.launch.version_id, play.launch.organization)
            before = play.summary
            seen = take_commits(course, play, body.commits)
            away = body.final and body.reason == "pagehide"
            if not play.launch.ended and (play.entered or away):
                play.launch.end_reason = "away" if away else ""
                await self._save_commits(tx, play, now)
                await self._tell(tx, course, play, before, now)
        toc, ways = (seen.toc, seen.ways) if seen is not None else (None, {})
        return CommitAnswer(play.launch.last_seq, play.summary.revision, play.summary, toc, ways)

    async def navigate(self, body: NavigateBody) -> bytes:
        """
        Take the commits before it, then carry out one numbered navigation; asked again it answers the same.

        Answers with a NavigateAnswer as JSON. Raises Gap, Superseded, LaunchEnded, SessionInvalid.
        """
        session, now = self._read_session(body.session), self._clock()
        async with self._db.tenant(session.tenant_id) as tx:
            play = await self._load(tx, session, nav=body.nav)
            launch = play.launch
            if launch.nav_answer is not None and body.nav == launch.last_nav:
                return launch.nav_answer
            if launch.ended:
                raise LaunchEnded
            if body.nav != launch.last_nav + 1:
                raise Gap(f"Navigation {launch.last_nav + 1} comes next, not {body.nav}.", expected=launch.last_nav + 1)
            course = await self._playable(tx, launch.version_id, launch.organization)
            before = play.summary
            if course.shares and play.learner_id is not None:
                take_shared(course, play, await across.load_shared(tx, course, play.learner_id))
            take_commits(course, play, body.commits)
            request = Request(RequestKind(body.request.kind), body.request.target)
            outcome = move_play(course, play, request, now, timed_out=body.request.timed_out)
            delivery = await self._deliver(tx, course, play, outcome, now) if outcome.delivered else None
            launch.last_nav, launch.ended = body.nav, outcome.ended
            launch.end_reason = request.kind.value if outcome.ended else ""
            answer = NavigateAnswer(
                acked=launch.last_seq, delivery=delivery, ended=outcome.ended, refused=render_refused(outcome.refused),
                summary=play.summary, revision=play.summary.revision, exit_url=session.exit_url, toc=outcome.toc, valid=outcome.valid,
            )  # fmt: skip
            launch.nav_answer = msgspec.json.encode(answer)
            await self._save_shared(tx, course, play, now)
            await self._save_move(tx, play, now, describe_move(request, outcome, timed_out=body.request.timed_out))
            await self._tell(tx, course, play, before, now)
        return launch.nav_answer

    async def heartbeat(self, body: HeartbeatBody) -> None:
        """Note that the window is still there; raises Superseded and LaunchEnded when it should not be."""
        session = self._read_session(body.session)
        async with self._db.tenant(session.tenant_id) as tx:
            row = await plays.beat(tx, session.launch_id, self._clock())
        if row is None:
            raise SessionInvalid
        if session.registration_id is None:
            if row["tab_key_hash"].hex()[:16] != session.tab:
                raise Superseded
        elif row["active_launch_id"] != session.launch_id and (not row["ended"] or row["end_reason"] in plays.REPLACED):
            raise Superseded
        if row["ended"]:
            raise LaunchEnded

    # What the actions share -------------------------------------------------------------------------------------

    async def _load(self, tx: Tx, session: Session, nav: int = 0) -> Play:
        if session.registration_id is None:
            play = await plays.load_preview(tx, session.launch_id)
            if play is not None and play.launch.tab_key_hash.hex()[:16] != session.tab:
                raise Superseded
        else:
            play = await plays.load_play(tx, session.registration_id, session.launch_id, nav=nav)
        if play is None:
            raise SessionInvalid
        if play.launch.superseded:
            raise Superseded
        return play

    async def _deliver(
        self, tx: Tx, course: Playable, play: Play, outcome: Outcome, now: datetime, *, again: bool = False
    ) -> Delivery:
        """Make the outcome's activity the one being played."""
        activity = outcome.delivered
        assert activity is not None
        if activity not in play.records and play.launch.registration_id and outcome.entry is not Entry.AB_INITIO:
            play.records |= await plays.load_records(tx, play.launch.registration_id, [activity])
            play.recalled = activity
        outcome, record = begin_activity(course, play, outcome, now, again=again)
        locate = partial(self._courses.content_url, play.launch.tenant_id, course.course_id, course.version_id)
        return render_delivery(course, outcome, record, play.launch.delivery, locate)

    async def _save_commits(self, tx: Tx, play: Play, now: datetime) -> None:
        if play.launch.registration_id is None:
            await plays.save_preview(tx, play, now, plays.STAYING)
        else:
            await plays.save_commits(tx, play, now)

    async def _save_shared(self, tx: Tx, course: Playable, play: Play, now: datetime) -> None:
        """Give back what the learner's courses share, where this one changed it."""
        keep_unheard(play)
        change = plan_shared(course, play)
        if play.learner_id is not None and not change.is_empty:
            await across.save_shared(tx, play.learner_id, change, now)

    async def _save_move(self, tx: Tx, play: Play, now: datetime, move: dict[str, Any]) -> None:
        if play.launch.registration_id is None:
            await plays.save_preview(tx, play, now, plays.STAYING | move)
        else:
            await plays.save_move(tx, play, now, plays.STAYING | move)

    async def _tell(
        self, tx: Tx, course: Playable, play: Play, before: Summary, now: datetime, *, launches: int = 0
    ) -> None:
        """Write what is news as statements, totals and facts; of a preview nothing is."""
        registration = play.launch.registration_id
        if registration is None:
            return
        if play.news:
            await self._lrs.append(tx, self._statements(course, play, registration, now))
        facts = ["registration.launched"] if launches else []
        after = play.summary
        if (before.completion, before.success, before.score) != (after.completion, after.success, after.score):
            facts.append("registration.completed" if play.finished_now else "registration.changed")
        if facts:
            await plays.count(
                tx, course.course_id, registration, now, launches=launches, completions=int(play.finished_now),
                facts=facts, payload=after,
            )  # fmt: skip

    def _statements(self, course: Playable, play: Play, registration: UUID, now: datetime) -> list[xapi.Statement]:
        found: list[xapi.Statement] = []
        # A millisecond apart, so that lists by time keep the order in which things happened.
        for place, news in enumerate(play.news):
            ids = [new_id() for _ in range(xapi.count_statements(news.change))]
            at = now + timedelta(milliseconds=place)
            found += xapi.statements_for(self._place(course, play, registration, news), news.change, ids, at)
        return found

    def _place(self, course: Playable, play: Play, registration: UUID, news: News) -> xapi.Place:
        course_iri = f"{self._home_page}/activities/{course.course_id}"
        activity = course.tree.find(news.activity_id)
        whole = course.single or activity is None
        return xapi.Place(
            home_page=self._home_page,
            learner_id=play.learner.external_id,
            learner_name=play.learner.name,
            registration=registration,
            course_iri=course_iri,
            course_title=course.title,
            activity_iri=activity_iri(course_iri, news.activity_id, single=whole),
            activity_title=course.title if whole or activity is None else activity.title,
            language=course.language,
        )


def describe_move(request: Request, outcome: Outcome, *, timed_out: bool = False) -> dict[str, Any]:
    """Return what the history keeps of a navigation: what was asked, what came of it, and why."""
    return {
        "request": request.kind.value,
        "target": request.target or "",
        "timed_out": timed_out,
        "delivered": outcome.delivered or "",
        "refused": outcome.refused.value if outcome.refused else "",
        "trace": msgspec.json.encode(outcome.trace).decode(),
    }
