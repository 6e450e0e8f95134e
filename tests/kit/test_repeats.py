"""A request that is sent again gets the first one's answer, and nothing is made twice."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from courseway.kit.clock import utc_now
from courseway.kit.db import Database
from courseway.kit.repeats import Idempotent
from courseway.kit.web import Receive, Scope, Send, read_body, send_bytes


class Shop:
    """Makes a thing for each request that reaches it."""

    def __init__(self) -> None:
        self.made: list[bytes] = []
        self.status = 201
        self.headers: list[tuple[bytes, bytes]] = []
        self.gate: asyncio.Event | None = None
        self.encodings: list[bytes | None] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await read_body(receive, 10_000_000) or b""
        self.encodings.append(dict(scope["headers"]).get(b"accept-encoding"))
        if self.gate is not None:
            await self.gate.wait()
        self.made.append(body)
        answer = f'{{"number": {len(self.made)}, "size": {len(body)}}}'.encode()
        await send_bytes(send, self.status, answer, [(b"content-type", b"application/json"), *self.headers])


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
async def client(shop: Shop, db: Database, tenant_id: uuid.UUID) -> AsyncIterator[httpx.AsyncClient]:
    async def identify(scope: Scope) -> tuple[uuid.UUID, str] | None:
        caller = dict(scope["headers"]).get(b"x-api-key", b"").decode()
        return (tenant_id, caller) if caller else None

    app = Idempotent(shop, db=db, identify=identify)
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(
        transport=transport, base_url="http://shop.test", headers={"x-api-key": "one"}
    ) as made:
        yield made


async def test_the_same_request_gets_the_same_answer_and_makes_one_thing(client: httpx.AsyncClient, shop: Shop) -> None:
    first, second = [await client.post("/things", json={"a": 1}, headers={"Idempotency-Key": "k1"}) for _ in range(2)]
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"
    assert len(shop.made) == 1


async def test_another_body_with_the_same_key_is_refused(client: httpx.AsyncClient, shop: Shop) -> None:
    await client.post("/things", json={"a": 1}, headers={"Idempotency-Key": "k1"})
    answer = await client.post("/things", json={"a": 2}, headers={"Idempotency-Key": "k1"})
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency.key_reused")
    assert len(shop.made) == 1


async def test_keys_of_different_callers_and_routes_do_not_meet(client: httpx.AsyncClient, shop: Shop) -> None:
    await client.post("/things", headers={"Idempotency-Key": "k1"})
    await client.post("/others", headers={"Idempotency-Key": "k1"})
    await client.post("/things", headers={"Idempotency-Key": "k1", "x-api-key": "two"})
    assert len(shop.made) == 3


async def test_a_refused_request_is_tried_afresh(client: httpx.AsyncClient, shop: Shop) -> None:
    shop.status = 409
    await client.post("/things", headers={"Idempotency-Key": "k1"})
    shop.status = 201
    assert (await client.post("/things", headers={"Idempotency-Key": "k1"})).status_code == 201
    assert len(shop.made) == 2


async def test_a_second_request_while_the_first_is_under_way_makes_nothing(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    shop.gate = asyncio.Event()
    first = asyncio.create_task(client.post("/things", headers={"Idempotency-Key": "k1"}))
    while not shop.encodings:
        await asyncio.sleep(0.01)
    answer = await client.post("/things", headers={"Idempotency-Key": "k1"})
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency.under_way")
    shop.gate.set()
    assert (await first).status_code == 201
    assert len(shop.made) == 1


async def test_an_answer_is_kept_as_anybody_can_read_it(client: httpx.AsyncClient, shop: Shop) -> None:
    await client.post("/things", headers={"Idempotency-Key": "k1", "Accept-Encoding": "gzip"})
    await client.post("/things", headers={"Accept-Encoding": "gzip"})
    assert shop.encodings == [None, b"gzip"]


async def test_a_request_whose_process_died_can_be_sent_again_after_a_minute(
    client: httpx.AsyncClient, shop: Shop, db: Database, tenant_id: uuid.UUID
) -> None:
    await client.post("/things", headers={"Idempotency-Key": "k1"})
    async with db.tenant(tenant_id) as tx:
        await tx.run(
            "UPDATE idempotency_keys SET status = NULL, body = NULL, created_at = %(then)s WHERE tenant_id = %(tenant_id)s",
            {"then": utc_now() - timedelta(minutes=2)},
        )
    assert (await client.post("/things", headers={"Idempotency-Key": "k1"})).status_code == 201
    assert len(shop.made) == 2


async def test_an_answer_with_a_secret_is_not_kept(
    client: httpx.AsyncClient, shop: Shop, db: Database, tenant_id: uuid.UUID
) -> None:
    shop.headers = [(b"cache-control", b"no-store")]
    await client.post("/keys", headers={"Idempotency-Key": "k1"})
    again = await client.post("/keys", headers={"Idempotency-Key": "k1"})
    assert (again.status_code, again.json()["code"]) == (409, "idempotency.answer_not_kept")
    async with db.tenant(tenant_id) as tx:
        assert (
            await tx.row("SELECT 1 FROM idempotency_keys WHERE tenant_id = %(tenant_id)s AND body IS NOT NULL") is None
        )


async def test_a_large_body_reaches_the_application_whole(client: httpx.AsyncClient, shop: Shop) -> None:
    body = b"x" * 3_000_000
    first, second = [await client.post("/things", content=body, headers={"Idempotency-Key": "k1"}) for _ in range(2)]
    assert first.json() == second.json() == {"number": 1, "size": 3_000_000}


async def test_requests_without_the_header_or_a_known_caller_pass_through(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    await client.post("/things")
    await client.post("/things", headers={"Idempotency-Key": "k1", "x-api-key": ""})
    await client.post("/things", headers={"Idempotency-Key": "k1", "x-api-key": ""})
    assert len(shop.made) == 3
