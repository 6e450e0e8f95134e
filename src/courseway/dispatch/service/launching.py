"""
A launch from a customer's LMS: who it is, whether there is a seat, and where the player is.

The seat is decided under a lock on the dispatch and is idempotent by (dispatch, learner, instance): launching twice,
at once or one after the other, uses one seat.
"""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import msgspec

from courseway.dispatch.model.keys import DestinationKey, check_package_key, read_package_tenant
from courseway.dispatch.model.refusals import DispatchMissing, LearnerUnknown, NothingToReview
from courseway.dispatch.model.seats import Seat, check_open, check_origin, plan_seat
from courseway.dispatch.model.values import Launched, LaunchRequest, LearnerSent
from courseway.dispatch.service.parts import DispatchParts
from courseway.dispatch.store import dispatches as store
from courseway.dispatch.store import users as user_store
from courseway.dispatch.store.dispatches import LaunchGround
from courseway.kit.db import Tx
from courseway.kit.ids import new_id
from courseway.kit.outbox import add_fact
from courseway.learning import LearnerIdentity, LinkOptions, Mode, Summary

TOKEN_PURPOSE = "dispatch"  # noqa: S105 - the purpose of a token, not a token
TOKEN_DAYS = 7  # a receipt may come long after the launch, from a laptop that was asleep
LONGEST_LEARNER_KEY = 255
HASHED_PREFIX = "h1-"
REVIEW_MODES = frozenset({"review", "browse"})


class Seated(NamedTuple):
    """The registration a launch was given."""

    registration_id: UUID
    summary: Summary


class Launching(DispatchParts):
    """Decide launches that come from the shells in customers' LMSs."""

    async def launch(self, dispatch_id: UUID, request: LaunchRequest) -> Launched:
        """
        Give a learner her seat and the way to the player.

        LaunchRefused (one of its kinds) with a sentence for the learner; KeyRefused for a package that is not ours.
        """
        now = self._clock()
        tenant_id = read_package_tenant(request.key)
        async with self._db.tenant(tenant_id) as tx:
            ground = await self._admit(tx, tenant_id, dispatch_id, request, now)
            learner = identify(ground, request.learner)
            review = request.lms.mode in REVIEW_MODES
            if review:
                seated = await self._look_back(tx, ground, learner)
            else:
                seated = await self._seat(tx, ground, learner, request.fresh, now)
            mode = Mode.REVIEW if review else Mode.NORMAL
            options = LinkOptions(
                mode=mode, frame_ancestors=ground.lms_origins or ("*",), settings=ground.dispatch.options.player
            )
            link = await self._learning.create_link(tx, tenant_id, seated.registration_id, options)
        claims = {"t": str(tenant_id), "d": str(dispatch_id), "r": str(seated.registration_id), "s": now.timestamp()}
        return Launched(
            player_url=self._content_url + link,
            token=self._signer.sign(TOKEN_PURPOSE, claims, now + timedelta(days=TOKEN_DAYS)),
            registration_id=seated.registration_id,
            revision=seated.summary.revision,
            summary=seated.summary,
            mode=mode.value,
            endpoints=self._endpoints(dispatch_id, ground.key),
        )

    async def _admit(
        self, tx: Tx, tenant_id: UUID, dispatch_id: UUID, request: LaunchRequest, now: datetime
    ) -> LaunchGround:
        ground = await store.load_ground(tx, dispatch_id)
        if ground is None:
            raise DispatchMissing("This course is not offered any more. Ask whoever runs your learning platform.")
        check_package_key(request.key, tenant_id, dispatch_id, ground.key)
        check_origin(ground.lms_origins, request.shell_origin)
        check_open(ground.dispatch, now)
        return ground

    async def _look_back(self, tx: Tx, ground: LaunchGround, learner: LearnerSent) -> Seated:
        user = await user_store.find_newest_user(tx, ground.dispatch.id, learner.id)
        if user is None:
            raise NothingToReview
        summary = await self._learning.summary(tx, ground.dispatch.tenant_id, user.registration_id)
        return Seated(user.registration_id, summary)

    async def _seat(self, tx: Tx, ground: LaunchGround, learner: LearnerSent, fresh: bool, now: datetime) -> Seated:
        dispatch = ground.dispatch
        newest = await user_store.find_newest_user(tx, dispatch.id, learner.id)
        seat = plan_seat(dispatch, newest, learner_key=learner.id, fresh=fresh)
        if seat.is_new:
            # What was read above may be old by now: under the lock it is read, and decided, again.
            count = await store.lock_count(tx, dispatch.id)
            newest = await user_store.find_newest_user(tx, dispatch.id, learner.id)
            dispatch = msgspec.structs.replace(dispatch, registration_count=count)
            seat = plan_seat(dispatch, newest, learner_key=learner.id, fresh=fresh)
        if seat.known is None:
            return await self._open(tx, ground, seat, learner, now)
        # The dispatch before its learner, always: the other order would deadlock with a launch that opens a seat.
        await store.count_launch(tx, dispatch.id, 0, now)
        await user_store.note_launch(tx, seat.known.id, learner.name, now)
        if dispatch.postback_url and seat.known.revision:
            # Results that came after an earlier shell had died were not told yet.
            await self._queue_postback(tx, dispatch.tenant_id, dispatch.id, seat.known.registration_id)
        summary = await self._learning.summary(tx, dispatch.tenant_id, seat.known.registration_id)
        return Seated(seat.known.registration_id, summary)

    async def _open(self, tx: Tx, ground: LaunchGround, seat: Seat, learner: LearnerSent, now: datetime) -> Seated:
        dispatch = ground.dispatch
        registration = await self._learning.open_dispatch_registration(
            tx,
            tenant_id=dispatch.tenant_id,
            course_id=dispatch.course_id,
            version_id=seat.version_id,
            learner=LearnerIdentity(
                f"{dispatch.destination_id.hex[-12:]}:{learner.id}", learner.name, own_id=learner.id
            ),
            dispatch_id=dispatch.id,
            fresh=seat.instance > 1,
            organization=dispatch.options.organization,
        )
        user = {
            "id": new_id(),
            "dispatch_id": dispatch.id,
            "learner_key": learner.id,
            "name": learner.name,
            "registration_id": registration.id,
            "counted": seat.counted,
            "now": now,
        }
        await user_store.insert_user(tx, user)
        await store.count_launch(tx, dispatch.id, 1 if seat.counted else 0, now)
        await add_fact(
            tx, "dispatch.seat_taken", dispatch.id, registration_id=str(registration.id), counted=seat.counted
        )
        return Seated(registration.id, registration.summary)


def identify(ground: LaunchGround, sent: LearnerSent) -> LearnerSent:
    """
    Return the learner as she is kept here: as the LMS named her, or only as the keyed hash of that.

    The hash is made in the browser; a package from before hashing was switched on sends the name itself, which is
    hashed here before anything is stored.
    """
    learner_id = "".join(c for c in sent.id.strip() if c.isprintable())
    if not learner_id or len(learner_id) > LONGEST_LEARNER_KEY:
        raise LearnerUnknown
    if ground.hash_learners:
        hashed = learner_id if _is_hashed(learner_id) else hash_learner(ground.key, learner_id)
        return LearnerSent(hashed, "")
    return LearnerSent(learner_id, "".join(c for c in sent.name.strip() if c.isprintable())[:200])


def hash_learner(key: DestinationKey, learner_id: str) -> str:
    """Return the hash the shell makes of a learner's id, HMAC-SHA256 with the destination's key for learners."""
    mac = hmac.new(key.derive("learners"), learner_id.encode(), hashlib.sha256)
    return HASHED_PREFIX + mac.hexdigest()


def _is_hashed(learner_id: str) -> bool:
    digits = learner_id.removeprefix(HASHED_PREFIX)
    return len(digits) == 64 and len(learner_id) == 67 and all(c in "0123456789abcdef" for c in digits)
