"""
Keys of packages and signatures of postbacks, as pure computations.

Everything a package carries is derived from its destination's master key, so that packages go on working when the
platform's session secret changes.
"""

import hashlib
import hmac
from uuid import UUID

import msgspec

from courseway.dispatch.model.refusals import KeyRefused

KEY_PREFIX = "cw1"


class DestinationKey(msgspec.Struct, frozen=True):
    """A destination's master key, from which the keys of its packages are derived. Never shown."""

    secret: bytes

    def __repr__(self) -> str:
        return "DestinationKey()"

    def derive(self, purpose: str) -> bytes:
        """Return 32 bytes for one purpose; they do not tell the master key."""
        return hmac.new(self.secret, b"courseway dispatch " + purpose.encode(), hashlib.sha256).digest()


def render_package_key(tenant_id: UUID, dispatch_id: UUID, key: DestinationKey) -> str:
    """Return the key a package carries: it names the tenant and proves the platform made it for this dispatch."""
    mac = hmac.new(key.derive("launch"), dispatch_id.bytes, hashlib.sha256).hexdigest()
    return f"{KEY_PREFIX}.{tenant_id.hex}.{mac}"


def read_package_tenant(key: str) -> UUID:
    """Return whose dispatch a package's key speaks of, before it is proven; KeyRefused when it is none of ours."""
    parts = key.split(".")
    try:
        if len(parts) == 3 and parts[0] == KEY_PREFIX:
            return UUID(hex=parts[1])
    except ValueError:
        pass
    raise KeyRefused


def check_package_key(text: str, tenant_id: UUID, dispatch_id: UUID, key: DestinationKey) -> None:
    """Refuse a key that the platform did not make for this dispatch."""
    expected = render_package_key(tenant_id, dispatch_id, key)
    if not hmac.compare_digest(text.encode("utf-8", "replace"), expected.encode()):
        raise KeyRefused


def render_postback_signature(secret: str, timestamp: int, body: bytes) -> str:
    """Return the signature header of a postback: HMAC-SHA256 over the time and the body, so that no old one can be replayed."""
    mac = hmac.new(secret.encode(), str(timestamp).encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={mac}"
