"""
Requests to addresses that tenants gave us (postbacks, webhooks).

Such an address may point into our own network. The name is resolved here, every address it resolves to is judged, and
the connection goes to exactly the judged address, so that a second answer of the name server changes nothing.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx

from courseway.errors import Kind, Refusal

TIMEOUT_SECONDS = 10.0
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")


class AddressRefused(Refusal):
    """This address cannot be called from here: only public http and https addresses can."""

    code, title = "outgoing.address", "The address cannot be called"


class AnswerRefused(Refusal):
    """The other side did not take the request; it is tried again."""

    kind, code, title = Kind.UNAVAILABLE, "outgoing.answer", "The other side did not take it"


class Outgoing:
    """Sends small requests; refuses private addresses unless allowed."""

    def __init__(self, *, allow_private: bool = False) -> None:
        self._allow_private = allow_private

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """Post a body; returns the status. AddressRefused for a forbidden address, AnswerRefused for anything but 2xx."""
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
            raise AddressRefused
        try:
            # One limit for the whole: the client's own holds for each read, and a byte now and then would never end.
            async with asyncio.timeout(TIMEOUT_SECONDS):
                return await self._send(url, body, headers)
        except TimeoutError as error:
            raise AnswerRefused(f"{parts.hostname} did not answer in {TIMEOUT_SECONDS:g} seconds") from error

    async def _send(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        parts = urlsplit(url)
        assert parts.hostname is not None
        port = parts.port or (443 if parts.scheme == "https" else 80)
        address = await self._resolve(parts.hostname, port)
        shown = f"[{address}]" if ":" in address else address
        target = parts._replace(netloc=f"{shown}:{port}").geturl()
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False) as client:
                request = client.build_request("POST", target, content=body, headers={**headers, "Host": parts.netloc})
                request.extensions = {**request.extensions, "sni_hostname": parts.hostname}
                answer = await client.send(request, stream=True)
                await answer.aclose()
        except httpx.HTTPError as error:
            raise AnswerRefused(f"{parts.hostname} did not answer: {type(error).__name__}") from error
        if not 200 <= answer.status_code < 300:
            raise AnswerRefused(f"{parts.hostname} answered {answer.status_code}", status=answer.status_code)
        return answer.status_code

    async def _resolve(self, host: str, port: int) -> str:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise AnswerRefused(f"{host} cannot be found") from error
        addresses = [str(entry[4][0]) for entry in found]
        if not self._allow_private and not all(is_public(address) for address in addresses):
            raise AddressRefused(f"{host} is not a public address.")
        return addresses[0]


def is_public(address: str) -> bool:
    """
    Tell whether an address is out in the world: not loopback, private, link-local, multicast or reserved.

    An IPv6 address that carries an IPv4 one (mapped, 6to4, NAT64) is as public as the one inside.
    """
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = parsed.ipv4_mapped or parsed.sixtofour
        if inner is None and parsed in NAT64:
            inner = ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if parsed not in GLOBAL_UNICAST:
            return False
    return parsed.is_global and not parsed.is_multicast
