"""What every part of the tenants service stands on. No action lives here."""

import asyncio
from collections import OrderedDict
from datetime import datetime, timedelta
from uuid import UUID

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from courseway.errors import Invalid
from courseway.kit.clock import Clock, utc_now
from courseway.kit.db import Database
from courseway.kit.ids import parse_id
from courseway.kit.paging import decode_cursor
from courseway.tenants.model import Caller

KEY_CACHE_SECONDS = 5.0
CACHED_KEYS = 4096
REMEMBERED_ATTEMPTERS = 2048


class KeyCache:
    """
    Callers by the digest of the credential they sent, for a few seconds.

    A key revoked in this process stops at once; one revoked elsewhere within KEY_CACHE_SECONDS.
    """

    def __init__(self) -> None:
        self._entries: OrderedDict[bytes, tuple[datetime, Caller]] = OrderedDict()

    def get(self, credential: bytes, now: datetime) -> Caller | None:
        """Return the caller while the entry is fresh."""
        found = self._entries.get(credential)
        if found is None or found[0] <= now:
            return None
        return found[1]

    def put(self, credential: bytes, caller: Caller, until: datetime) -> None:
        """Remember a caller; the oldest entry makes room."""
        self._entries[credential] = (until, caller)
        self._entries.move_to_end(credential)
        while len(self._entries) > CACHED_KEYS:
            self._entries.popitem(last=False)

    def forget(self, key_id: str) -> None:
        """Drop every entry of one key."""
        for credential in [c for c, (_, caller) in self._entries.items() if caller.id == key_id]:
            del self._entries[credential]


class Throttle:
    """Lets a burst through, then one a period, for each name; tells how many it held back since."""

    def __init__(self, *, burst: int, period: timedelta) -> None:
        self._burst = burst
        self._period = period
        self._names: OrderedDict[str, tuple[float, datetime, int]] = OrderedDict()

    def admit(self, name: str, now: datetime) -> int | None:
        """Return how many were held back before this one, or None to hold this one back too."""
        tokens, then, held = self._names.pop(name, (float(self._burst), now, 0))
        tokens = min(float(self._burst), tokens + (now - then) / self._period)
        admitted = tokens >= 1
        self._names[name] = (tokens - 1, now, 0) if admitted else (tokens, now, held + 1)
        while len(self._names) > REMEMBERED_ATTEMPTERS:
            self._names.popitem(last=False)
        return held if admitted else None


class Passwords:
    """Argon2 off the event loop, two at a time, so that a flood of sign-ins cannot take all memory."""

    def __init__(self, hasher: PasswordHash | None = None) -> None:
        self._hasher = hasher or PasswordHash((Argon2Hasher(),))
        self._gate = asyncio.Semaphore(2)
        self._decoy = ""

    async def hash(self, password: str) -> str:
        """Return the hash to store."""
        async with self._gate:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, password: str, stored: str | None) -> bool:
        """Check a password; without a stored hash the same work is done for nothing, so that time tells nothing."""
        if not self._decoy:
            self._decoy = await self.hash("no account has this")
        async with self._gate:
            matches = await asyncio.to_thread(self._hasher.verify, password, stored or self._decoy)
        return matches and stored is not None


class Parts:
    """The engines of the tenants service."""

    def __init__(
        self,
        *,
        db: Database,
        clock: Clock = utc_now,
        console_url: str = "http://localhost:5000",
        session_seconds: int = 24 * 3600,
        hasher: PasswordHash | None = None,
    ) -> None:
        self.db = db
        self.clock = clock
        self.console_url = console_url
        self.session_seconds = session_seconds
        self.passwords = Passwords(hasher)
        self.key_cache = KeyCache()
        # Two bounds, so that neither one loud attacker nor many quiet ones can fill the disk with refusals.
        self.refusals_each = Throttle(burst=20, period=timedelta(seconds=30))
        self.refusals_all = Throttle(burst=300, period=timedelta(seconds=1))


def cursor_id(cursor: str | None) -> UUID | None:
    """Return the id that a list's cursor carries; Invalid when it is none of ours."""
    if not cursor:
        return None
    found = parse_id(str(decode_cursor(cursor, 1)[0]))
    if found is None:
        raise Invalid("cursor is not one that this list gave out; start again without it")
    return found
