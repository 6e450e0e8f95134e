"""Signed, expiring tokens. A token is good for one purpose only; the key of each purpose is derived from one secret."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from courseway.errors import Kind, Refusal

CACHED_TOKENS = 4096


class TokenRefused(Refusal):
    """This link or token is not valid."""

    kind, code, title = Kind.UNAUTHENTICATED, "token.invalid", "The link is not valid"


class TokenExpired(TokenRefused):
    """This link or token has expired."""

    code, title = "token.expired", "The link has expired"


class Signer:
    """Signs and checks tokens of any purpose (JWT, HS256)."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._keys: dict[str, OctKey] = {}
        self._checked: dict[tuple[str, str], dict[str, Any]] = {}

    def derive(self, purpose: str) -> bytes:
        """Return 32 bytes of key material for one purpose."""
        return hmac.new(self._secret, b"courseway:" + purpose.encode(), hashlib.sha256).digest()

    def sign(self, purpose: str, claims: Mapping[str, Any], expires_at: datetime | None = None) -> str:
        """Return a token; without an expiry it is good until the secret changes."""
        payload = dict(claims)
        if expires_at is not None:
            payload["exp"] = int(expires_at.timestamp())
        return jwt.encode({"alg": "HS256"}, payload, self._key(purpose))

    def check(self, purpose: str, token: str, now: datetime, *, allow_expired: bool = False) -> dict[str, Any]:
        """Return the claims of a token; TokenRefused or TokenExpired otherwise."""
        claims = self._checked.get((purpose, token))
        if claims is None:
            try:
                claims = dict(jwt.decode(token, self._key(purpose), algorithms=["HS256"]).claims)
            except (JoseError, ValueError, TypeError, KeyError) as error:
                raise TokenRefused from error
            if len(self._checked) >= CACHED_TOKENS:
                self._checked.clear()
            self._checked[(purpose, token)] = claims
        if not allow_expired and claims.get("exp") is not None and claims["exp"] < now.timestamp():
            raise TokenExpired
        return claims

    def _key(self, purpose: str) -> OctKey:
        if purpose not in self._keys:
            self._keys[purpose] = OctKey.import_key(self.derive(purpose))
        return self._keys[purpose]
