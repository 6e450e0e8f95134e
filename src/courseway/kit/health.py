"""
Health: what this process can do right now, each part really tried, with a time limit.

`/health` only says that this process serves; `/api/health` asks database, redis and storage.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog

from courseway.kit.clock import Clock

log = structlog.get_logger(__name__)
Check = Callable[[], Awaitable[None]]
SECONDS_PER_CHECK = 3.0


class Health:
    """The checks of this process, and whether it still takes requests."""

    def __init__(self, *, clock: Clock, checks: Mapping[str, Check | None]) -> None:
        self._clock = clock
        self._checks = checks
        self._started = time.monotonic()
        self.draining = False

    def ready(self) -> bool:
        """Tell whether this process should be sent requests."""
        return not self.draining

    async def report(self) -> tuple[bool, dict[str, Any]]:
        """Try every part; returns whether all is well and the report in the original platform's shape."""
        names = list(self._checks)
        states = await asyncio.gather(*(self._try(self._checks[name]) for name in names))
        checks = dict(zip(names, states, strict=True))
        well = all(state["status"] in {"up", "not configured"} for state in states)
        return well, {
            "status": "healthy" if well else "degraded",
            "timestamp": self._clock().isoformat(),
            "uptime": round(time.monotonic() - self._started, 3),
            "checks": checks,
        }

    async def _try(self, check: Check | None) -> dict[str, Any]:
        if check is None:
            return {"status": "not configured"}
        started = time.monotonic()
        try:
            await asyncio.wait_for(check(), SECONDS_PER_CHECK)
        except Exception as error:
            # Whatever the part throws, the answer is the same: it is down. The cause goes to the log, not to strangers.
            log.warning("health.down", error=type(error).__name__, exc_info=error)
            return {"status": "down"}
        return {"status": "up", "milliseconds": round((time.monotonic() - started) * 1000, 1)}
