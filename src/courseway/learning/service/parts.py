"""What every part of the learning service is given, once, and the tokens it hands out."""

import hashlib
from collections import OrderedDict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from courseway import courses, lrs
from courseway.kit.clock import Clock, utc_now
from courseway.kit.db import Database, Tx
from courseway.kit.ids import new_id
from courseway.kit.tokens import Signer, TokenExpired, TokenRefused
from courseway.learning.model import LinkInvalid, LinkOptions, Mode, NotPlayable, PlayerSettings, SessionInvalid
from courseway.learning.model.play import Playable

_LINK, _SESSION = "learning.link", "learning.session"
KEPT_COURSES = 128


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """What a launch link says, once its signature was found to be ours."""

    id: UUID
    tenant_id: UUID
    mode: Mode
    registration_id: UUID | None = None
    course_id: UUID | None = None
    version_id: UUID | None = None
    organization: str = ""
    frame_ancestors: tuple[str, ...] = ()
    exit_url: str | None = None
    settings: PlayerSettings = PlayerSettings()
    expired: bool = False
    expires_at: float = 0.0


class Session(msgspec.Struct, frozen=True):
    """What a session token says: good for one launch of one registration."""

    tenant_id: UUID
    launch_id: UUID
    registration_id: UUID | None
    tab: str
    exit_url: str | None = None


class LearningParts:
    """The engines and rules the service works with."""

    def __init__(
        self,
        *,
        db: Database,
        signer: Signer,
        courses: courses.Service,
        lrs: lrs.Service,
        content_url: str,
        home_page: str = "",
        player_folder: Path | None = None,
        clock: Clock = utc_now,
        link_seconds: int = 900,
        session_seconds: int = 12 * 3600,
    ) -> None:
        self._db = db
        self._signer = signer
        self._courses = courses
        self._lrs = lrs
        self._home_page = (home_page or content_url).rstrip("/")
        self._player_folder = player_folder
        self._page = ""
        self._clock = clock
        self._link_seconds = link_seconds
        self._session_seconds = session_seconds
        self._playables: OrderedDict[tuple[UUID, str], Playable] = OrderedDict()

    def player_page(self) -> str:
        """Return the player's page, "" when the front end has not been built."""
        if not self._page and self._player_folder is not None:
            page = self._player_folder / "index.html"
            self._page = page.read_text("utf-8") if page.exists() else ""
        return self._page

    async def _playable(self, tx: Tx, version_id: UUID, organization: str = "") -> Playable:
        """
        Return an organization of a version ready to be played; it is kept, for versions never change. NotPlayable otherwise.

        "", and one that the version does not have, are its default.
        """
        kept = self._playables.get((version_id, organization))
        # Asked every time: the courses room answers for the tenant, and from memory.
        version = await self._courses.version(tx, version_id)
        if kept is None:
            kept = Playable(version.course_id, version.id, version.structure, organization)
            self._playables[version_id, organization] = kept
            if len(self._playables) > KEPT_COURSES:
                self._playables.popitem(last=False)
        else:
            self._playables.move_to_end((version_id, organization))
        if not kept.is_playable:
            raise NotPlayable
        return kept

    def _sign_link(self, link: Link, ttl_seconds: int | None) -> str:
        claims: dict[str, Any] = {
            "j": link.id.hex,
            "t": link.tenant_id.hex,
            "m": link.mode.value,
            "r": link.registration_id.hex if link.registration_id else None,
            "c": link.course_id.hex if link.course_id else None,
            "v": link.version_id.hex if link.version_id else None,
            "o": link.organization,
            "f": list(link.frame_ancestors),
            "x": link.exit_url,
            "s": msgspec.to_builtins(link.settings) if link.settings != PlayerSettings() else None,
        }
        until = self._clock() + timedelta(seconds=ttl_seconds if ttl_seconds is not None else self._link_seconds)
        return self._signer.sign(_LINK, {name: value for name, value in claims.items() if value}, until)

    def read_link(self, token: str) -> Link:
        """Read a launch link, also one that has expired; LinkInvalid when it is not ours."""
        now = self._clock()
        try:
            claims = self._signer.check(_LINK, token, now, allow_expired=True)
            return Link(
                id=UUID(claims["j"]),
                tenant_id=UUID(claims["t"]),
                mode=Mode(claims["m"]),
                registration_id=_id(claims, "r"),
                course_id=_id(claims, "c"),
                version_id=_id(claims, "v"),
                organization=claims.get("o", ""),
                frame_ancestors=tuple(claims.get("f", ())),
                exit_url=claims.get("x"),
                settings=msgspec.convert(claims.get("s") or {}, PlayerSettings),
                expired=claims["exp"] < now.timestamp(),
                expires_at=claims["exp"],
            )
        except (TokenRefused, KeyError, ValueError, msgspec.ValidationError) as error:
            raise LinkInvalid from error

    def _sign_session(self, session: Session, now: datetime) -> str:
        claims = {
            "l": session.launch_id.hex,
            "t": session.tenant_id.hex,
            "r": session.registration_id.hex if session.registration_id else "",
            "k": session.tab,
            "x": session.exit_url or "",
        }
        return self._signer.sign(_SESSION, claims, now + timedelta(seconds=self._session_seconds))

    def _read_session(self, token: str) -> Session:
        try:
            claims = self._signer.check(_SESSION, token, self._clock())
            return Session(UUID(claims["t"]), UUID(claims["l"]), _id(claims, "r"), claims["k"], claims["x"] or None)
        except (TokenRefused, TokenExpired, KeyError, ValueError) as error:
            raise SessionInvalid from error


def new_link(tenant_id: UUID, options: LinkOptions, settings: PlayerSettings) -> Link:
    """Make a link with an id of its own."""
    return Link(
        id=new_id(),
        tenant_id=tenant_id,
        mode=options.mode,
        frame_ancestors=options.frame_ancestors,
        exit_url=options.exit_url,
        settings=settings,
    )


def digest_tab(tab_key: str) -> bytes:
    """Return what is kept of a window's key."""
    return hashlib.sha256(tab_key.encode()).digest()


def _id(claims: dict[str, Any], name: str) -> UUID | None:
    return UUID(claims[name]) if claims.get(name) else None
