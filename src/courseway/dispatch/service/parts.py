"""What every part of the dispatch service is given, once, and how packages and endpoint lists are signed."""

import base64
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from courseway import courses, learning
from courseway.dispatch.model.keys import DestinationKey
from courseway.kit.clock import Clock, utc_now
from courseway.kit.db import Database, Tx
from courseway.kit.outgoing import Outgoing
from courseway.kit.queue import Queue
from courseway.kit.tokens import Signer
from courseway.standards.shells import SHELL_FILES, Endpoints, render_signed_text

POSTBACK_JOB = "dispatch.postback"
# The order of P-256's group: private keys are 1 .. order - 1.
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class DispatchParts:
    """The engines and rules the service works with."""

    def __init__(
        self,
        *,
        db: Database,
        queue: Queue,
        signer: Signer,
        courses: courses.Service,
        learning: learning.Service,
        outgoing: Outgoing,
        content_url: str,
        shell_folder: Path,
        clock: Clock = utc_now,
    ) -> None:
        self._db = db
        self._queue = queue
        self._signer = signer
        self._courses = courses
        self._learning = learning
        self._outgoing = outgoing
        self._content_url = content_url.rstrip("/")
        self._shell_folder = shell_folder
        self._clock = clock

    def _endpoints(self, dispatch_id: UUID, key: DestinationKey) -> Endpoints:
        """Sign where the service is now; a later signature has a higher serial."""
        urls = (self._content_url,)
        serial = int(self._clock().timestamp())
        text = render_signed_text(str(dispatch_id), serial, urls)
        return Endpoints(serial, urls, sign_text(key, text))

    async def _queue_postback(self, tx: Tx, tenant_id: UUID, dispatch_id: UUID, registration_id: UUID) -> None:
        """Have a registration's newest result posted back, after those of it that are under way."""
        await self._queue.defer(
            tx,
            POSTBACK_JOB,
            lock=f"postback:{registration_id}",
            tenant_id=tenant_id,
            dispatch_id=dispatch_id,
            registration_id=registration_id,
        )

    def _shell_files(self) -> Mapping[str, bytes]:
        return {name: (self._shell_folder / name).read_bytes() for name in SHELL_FILES}


def signing_key(key: DestinationKey) -> ec.EllipticCurvePrivateKey:
    """Return the private key that signs a destination's endpoint lists."""
    number = int.from_bytes(key.derive("endpoints") + key.derive("endpoints 2"), "big")
    return ec.derive_private_key(number % (P256_ORDER - 1) + 1, ec.SECP256R1())


def verify_key(key: DestinationKey) -> str:
    """Return the public key that packages carry: SubjectPublicKeyInfo, base64."""
    der = signing_key(key).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


def sign_text(key: DestinationKey, text: bytes) -> str:
    """Sign a text as WebCrypto verifies it: r and s of 32 bytes each, base64."""
    r, s = decode_dss_signature(signing_key(key).sign(text, ec.ECDSA(hashes.SHA256())))
    return base64.b64encode(r.to_bytes(32, "big") + s.to_bytes(32, "big")).decode()
