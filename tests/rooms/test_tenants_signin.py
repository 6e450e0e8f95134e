"""Signing in: sessions, throttling, one's own password, switching tenants."""

import statistics
import time
import uuid
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from courseway.errors import Invalid, NotFound
from courseway.kit.clock import utc_now
from courseway.kit.db import Database
from courseway.tenants import (
    AuditQuery,
    Caller,
    Role,
    Service,
    SessionEnded,
    SignInLocked,
    SignInRefused,
    platform_caller,
)
from tests.conftest import make_tenant

QUICK = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
PASSWORD = "correct horse battery"
EMAIL = "Ada@northwind.example"


class Hands:
    """A clock the test moves."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
async def service(db: Database, hands: Hands) -> AsyncIterator[Service]:
    yield Service(db=db, clock=hands, hasher=QUICK)


@pytest.fixture
async def owner(service: Service, tenant_id: uuid.UUID) -> Caller:
    await service.add_user(platform_caller(tenant_id), email=EMAIL, role=Role.OWNER, name="Ada", password=PASSWORD)
    signed_in = await service.sign_in(EMAIL, PASSWORD, address="192.0.2.1")
    return await service.find_session(signed_in.token)


async def test_a_person_signs_in_whatever_the_case_of_her_address(service: Service, owner: Caller) -> None:
    signed_in = await service.sign_in("  ada@NORTHWIND.example ", PASSWORD)
    caller = await service.find_session(signed_in.token)
    assert (caller.kind, caller.name, caller.role) == ("user", "Ada", Role.OWNER)
    assert caller.csrf_matches(signed_in.csrf_token)
    assert not caller.csrf_matches("")


@pytest.mark.parametrize(("email", "password"), [(EMAIL, "wrong wrong wrong"), ("nobody@northwind.example", PASSWORD)])
async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(
    service: Service, owner: Caller, email: str, password: str
) -> None:
    with pytest.raises(SignInRefused) as refused:
        await service.sign_in(email, password)
    assert refused.value.detail == "The e-mail address or the password is not right."


async def test_time_does_not_tell_whether_an_address_is_known(db: Database, tenant_id: uuid.UUID) -> None:
    service = Service(db=db, hasher=PasswordHash((Argon2Hasher(time_cost=2, memory_cost=16384, parallelism=1),)))
    await service.add_user(platform_caller(tenant_id), email=EMAIL, role=Role.OWNER, password=PASSWORD)
    seconds: dict[str, list[float]] = {EMAIL: [], "nobody@northwind.example": []}
    for _ in range(8):
        for email, taken in seconds.items():
            start = time.perf_counter()
            with pytest.raises(SignInRefused):
                await service.sign_in(email, "not the password")
            taken.append(time.perf_counter() - start)
    known, unknown = (statistics.median(taken) for taken in seconds.values())
    assert 0.4 < known / unknown < 2.5


async def test_ten_wrong_passwords_lock_the_address_for_a_quarter_of_an_hour(
    service: Service, owner: Caller, hands: Hands
) -> None:
    for _ in range(10):
        with pytest.raises(SignInRefused):
            await service.sign_in(EMAIL, "not the password")
    for _ in range(40):
        with pytest.raises(SignInLocked, match="Wait 15 minutes"):
            await service.sign_in(EMAIL, PASSWORD)
    refused = (await service.list_audit(owner, AuditQuery(outcome="refused"))).items
    assert [event.detail["reason"] for event in refused] == ["too many attempts"] * 20 + ["wrong password"] * 10
    hands.ahead = timedelta(minutes=16)
    assert await service.sign_in(EMAIL, PASSWORD)


async def test_an_unknown_address_is_locked_just_like_a_known_one(service: Service, tenant_id: uuid.UUID) -> None:
    for _ in range(10):
        with pytest.raises(SignInRefused):
            await service.sign_in("nobody@northwind.example", PASSWORD)
    with pytest.raises(SignInLocked):
        await service.sign_in("nobody@northwind.example", PASSWORD)


async def test_one_network_address_cannot_try_many_accounts(service: Service, tenant_id: uuid.UUID) -> None:
    for number in range(50):
        with pytest.raises(SignInRefused):
            await service.sign_in(f"someone{number}@northwind.example", PASSWORD, address="192.0.2.9")
    with pytest.raises(SignInLocked):
        await service.sign_in("another@northwind.example", PASSWORD, address="192.0.2.9")
    with pytest.raises(SignInRefused):
        await service.sign_in("another@northwind.example", PASSWORD, address="192.0.2.10")


async def test_a_right_password_ends_the_count_of_wrong_ones(service: Service, owner: Caller) -> None:
    for _ in range(3):
        for _ in range(6):
            with pytest.raises(SignInRefused):
                await service.sign_in(EMAIL, "not the password")
        await service.sign_in(EMAIL, PASSWORD)


async def test_signing_in_again_ends_the_session_of_the_same_browser(service: Service, owner: Caller) -> None:
    first = await service.sign_in(EMAIL, PASSWORD)
    second = await service.sign_in(EMAIL, PASSWORD, previous_token=first.token)
    assert second.token != first.token
    with pytest.raises(SessionEnded):
        await service.find_session(first.token)


async def test_a_session_ends_after_a_day_and_when_signed_out(service: Service, owner: Caller, hands: Hands) -> None:
    signed_in = await service.sign_in(EMAIL, PASSWORD)
    hands.ahead = timedelta(hours=23)
    caller = await service.find_session(signed_in.token)
    await service.sign_out(caller)
    with pytest.raises(SessionEnded):
        await service.find_session(signed_in.token)
    hands.ahead = timedelta()
    again = await service.sign_in(EMAIL, PASSWORD)
    hands.ahead = timedelta(hours=25)
    with pytest.raises(SessionEnded):
        await service.find_session(again.token)


async def test_the_table_of_sessions_holds_nothing_that_opens_one(
    service: Service, db: Database, owner: Caller
) -> None:
    signed_in = await service.sign_in(EMAIL, PASSWORD)
    async with db.system() as tx:
        rows = await tx.rows("SELECT * FROM sessions")
    assert signed_in.token not in str(rows)
    with pytest.raises(SessionEnded):
        await service.find_session(bytes(rows[0]["id_hash"]).hex())


async def test_people_see_their_sessions_and_end_any_of_them(service: Service, owner: Caller) -> None:
    other = await service.sign_in(EMAIL, PASSWORD, user_agent="Another browser")
    listed = await service.list_sessions(owner)
    assert [s.current for s in listed] == [False, True]
    assert listed[0].user_agent == "Another browser"
    await service.revoke_session(owner, listed[0].id)
    with pytest.raises(SessionEnded):
        await service.find_session(other.token)
    with pytest.raises(NotFound):
        await service.revoke_session(owner, "%" * 24)


async def test_a_changed_password_ends_every_other_session(service: Service, owner: Caller) -> None:
    other = await service.sign_in(EMAIL, PASSWORD)
    with pytest.raises(SignInRefused):
        await service.change_password(owner, "not the password", "a new long password")
    with pytest.raises(Invalid, match="at least 10"):
        await service.change_password(owner, PASSWORD, "short")
    await service.change_password(owner, PASSWORD, "a new long password")
    with pytest.raises(SessionEnded):
        await service.find_session(other.token)
    assert len(await service.list_sessions(owner)) == 1
    await service.sign_in(EMAIL, "a new long password")


async def test_one_account_works_in_two_tenants_and_switches_between_them(
    service: Service, db: Database, owner: Caller
) -> None:
    elsewhere = await make_tenant(db, "Contoso")
    stranger = await make_tenant(db, "Fabrikam")
    added = await service.add_user(platform_caller(elsewhere), email=EMAIL, role=Role.VIEWER)
    assert added.initial_password is None
    assert [m.tenant_name for m in await service.list_memberships(owner)] == ["Northwind Training", "Contoso"]
    switched = await service.switch_tenant(owner, elsewhere)
    caller = await service.find_session(switched.token)
    assert (caller.tenant_id, caller.role) == (elsewhere, Role.VIEWER)
    with pytest.raises(NotFound):
        await service.switch_tenant(caller, stranger)


async def test_a_wrong_password_is_in_the_audit_trail_of_every_tenant_of_the_account(
    service: Service, owner: Caller
) -> None:
    with pytest.raises(SignInRefused):
        await service.sign_in(EMAIL, "not the password", address="192.0.2.77")
    page = await service.list_audit(owner, AuditQuery(outcome="refused"))
    assert [(e.action, e.address, e.target_name) for e in page.items] == [("session.start", "192.0.2.77", EMAIL)]
