"""Users and keys of a tenant, and the rights of roles and scopes."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from courseway.errors import Invalid, Refusal
from courseway.kit.clock import utc_now
from courseway.kit.db import Database
from courseway.tenants import (
    Caller,
    KeyKind,
    Role,
    Scope,
    ScopeMissing,
    Service,
    SessionEnded,
    SignInRefused,
    platform_caller,
)
from courseway.tenants.model import ROLE_SCOPES, EmailTaken, KeyNotFound, KeyRefused, LastOwner, UserNotFound
from tests.conftest import make_tenant

QUICK = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))


@pytest.fixture
def service(db: Database) -> Service:
    return Service(db=db, hasher=QUICK)


def viewer(tenant_id: uuid.UUID) -> Caller:
    return Caller(tenant_id, "user", "someone", "Someone", ROLE_SCOPES[Role.VIEWER], role=Role.VIEWER)


@given(st.sampled_from(Role), st.sampled_from(Scope))
def test_a_role_may_what_the_roles_below_it_may_and_only_owners_manage(role: Role, scope: Scope) -> None:
    order = [Role.VIEWER, Role.AUTHOR, Role.OWNER]
    allowed = {r for r in order if scope in ROLE_SCOPES[r]}
    assert allowed == set(order[order.index(min(allowed, key=order.index)) :])
    assert (scope is Scope.ADMIN) <= (allowed == {Role.OWNER})
    if scope.value.endswith((":write", ":delete")):
        assert Role.VIEWER not in allowed


@given(st.frozensets(st.sampled_from(Scope)), st.sampled_from(Scope))
def test_a_caller_may_exactly_what_her_scopes_say_and_admin_says_all(scopes: frozenset[Scope], asked: Scope) -> None:
    caller = Caller(uuid.UUID(int=1), "api_key", "k", "Key", scopes)
    if asked in scopes or Scope.ADMIN in scopes:
        caller.require(asked)
    else:
        with pytest.raises(ScopeMissing):
            caller.require(asked)


async def test_users_are_added_listed_changed_and_removed(service: Service, caller: Caller) -> None:
    ada = await service.add_user(caller, email="ada@northwind.example", role=Role.OWNER, name="Ada")
    assert ada.initial_password
    assert await service.sign_in("ada@northwind.example", ada.initial_password)
    bob = await service.add_user(caller, email="bob@northwind.example", role=Role.VIEWER, password="a long password")
    assert bob.initial_password is None
    assert (await service.change_role(caller, bob.user.id, Role.AUTHOR)).role is Role.AUTHOR
    assert [u.email for u in (await service.list_users(caller)).items] == [
        "ada@northwind.example",
        "bob@northwind.example",
    ]
    await service.remove_user(caller, bob.user.id)
    assert len((await service.list_users(caller)).items) == 1
    again = await service.add_user(caller, email="BOB@northwind.example", role=Role.VIEWER)
    assert again.initial_password is None, "the account of before is used, with the password it had"


async def test_two_tenants_that_add_the_same_new_person_at_once_share_her_account(
    service: Service, db: Database, caller: Caller
) -> None:
    others = [platform_caller(await make_tenant(db, f"Tenant {number}")) for number in range(4)]
    added = await asyncio.gather(
        *(service.add_user(one, email="ada@northwind.example", role=Role.OWNER) for one in (caller, *others))
    )
    assert len({one.user.account_id for one in added}) == 1
    assert sum(one.initial_password is not None for one in added) == 1


async def test_the_operator_gives_a_new_password_and_the_old_one_and_sessions_end(
    service: Service, caller: Caller
) -> None:
    await service.add_user(caller, email="ada@northwind.example", role=Role.OWNER, password="a long password")
    old = await service.sign_in("ada@northwind.example", "a long password")
    fresh = await service.reset_password("ADA@northwind.example")
    with pytest.raises(SignInRefused):
        await service.sign_in("ada@northwind.example", "a long password")
    with pytest.raises(SessionEnded):
        await service.find_session(old.token)
    assert await service.sign_in("ada@northwind.example", fresh)
    with pytest.raises(UserNotFound):
        await service.reset_password("nobody@northwind.example")


async def test_a_person_is_in_a_tenant_once(service: Service, caller: Caller) -> None:
    await service.add_user(caller, email="ada@northwind.example", role=Role.OWNER)
    with pytest.raises(EmailTaken):
        await service.add_user(caller, email="ADA@northwind.example", role=Role.VIEWER)


@pytest.mark.parametrize("email", ["", "no at sign", "@nobody", "somebody@", "a b@c.example", "a@b\n.example"])
async def test_what_is_not_an_address_is_refused(service: Service, caller: Caller, email: str) -> None:
    with pytest.raises(Invalid):
        await service.add_user(caller, email=email, role=Role.VIEWER)


async def test_the_last_owner_stays_an_owner(service: Service, caller: Caller) -> None:
    owner = await service.add_user(caller, email="ada@northwind.example", role=Role.OWNER)
    with pytest.raises(LastOwner):
        await service.change_role(caller, owner.user.id, Role.AUTHOR)
    with pytest.raises(LastOwner):
        await service.remove_user(caller, owner.user.id)
    await service.change_role(caller, owner.user.id, Role.OWNER)


async def test_two_owners_who_are_removed_at_once_leave_one(service: Service, caller: Caller) -> None:
    for number in range(8):
        owners = [user.id for user in (await service.list_users(caller)).items]
        while len(owners) < 2:
            email = f"{number}-{len(owners)}@northwind.example"
            owners.append((await service.add_user(caller, email=email, role=Role.OWNER)).user.id)
        results = await asyncio.gather(*(service.remove_user(caller, one) for one in owners), return_exceptions=True)
        assert sum(isinstance(result, LastOwner) for result in results) == 1
        assert len((await service.list_users(caller)).items) == 1


async def test_a_stranger_finds_neither_users_nor_keys(service: Service, db: Database, caller: Caller) -> None:
    user = await service.add_user(caller, email="ada@northwind.example", role=Role.OWNER)
    key = await service.create_key(caller, name="Robot", scopes=[Scope.COURSE_READ])
    stranger = platform_caller(await make_tenant(db, "Contoso"))
    assert (await service.list_users(stranger)).items == ()
    assert (await service.list_keys(stranger)).items == ()
    attempts: list[Callable[[], Awaitable[object]]] = [
        lambda: service.get_user(stranger, user.user.id),
        lambda: service.change_role(stranger, user.user.id, Role.VIEWER),
        lambda: service.remove_user(stranger, user.user.id),
        lambda: service.revoke_key(stranger, key.key.id),
    ]
    for attempt in attempts:
        with pytest.raises((UserNotFound, KeyNotFound)):
            await attempt()


async def test_only_administrators_manage(service: Service, caller: Caller) -> None:
    low = viewer(caller.tenant_id)
    attempts: list[Callable[[], Awaitable[object]]] = [
        lambda: service.list_users(low),
        lambda: service.add_user(low, email="x@northwind.example", role=Role.OWNER),
        lambda: service.change_role(low, uuid.uuid4(), Role.OWNER),
        lambda: service.remove_user(low, uuid.uuid4()),
        lambda: service.list_keys(low),
        lambda: service.create_key(low, name="x", scopes=[Scope.COURSE_READ]),
        lambda: service.revoke_key(low, uuid.uuid4()),
        lambda: service.list_audit(low),
        lambda: service.update_tenant(low, name="x"),
    ]
    for attempt in attempts:
        with pytest.raises(ScopeMissing):
            await attempt()


# keys


async def test_a_key_opens_its_tenant_with_its_scopes(service: Service, caller: Caller) -> None:
    made = await service.create_key(caller, name="Robot", scopes=[Scope.COURSE_READ])
    assert made.credential == f"cw_{made.key.public_id}_{made.secret}"
    assert made.secret not in repr(made)
    found = await service.find_key_caller(made.key.public_id, made.secret, KeyKind.API, "192.0.2.1")
    assert (found.tenant_id, found.kind, found.address) == (caller.tenant_id, "api_key", "192.0.2.1")
    assert found.scopes == {Scope.COURSE_READ}


@pytest.mark.parametrize("wrong", ["", "x", "secret"])
async def test_a_wrong_secret_opens_nothing(service: Service, caller: Caller, wrong: str) -> None:
    made = await service.create_key(caller, name="Robot", scopes=[Scope.COURSE_READ])
    with pytest.raises(KeyRefused) as refused:
        await service.find_key_caller(made.key.public_id, wrong, KeyKind.API)
    assert refused.value.tenant_id == caller.tenant_id
    assert "tenant" not in str(refused.value.extra)
    with pytest.raises(KeyRefused):
        await service.find_key_caller("nosuchkey", made.secret, KeyKind.API)
    with pytest.raises(KeyRefused):
        await service.find_key_caller(made.key.public_id, made.secret, KeyKind.LRS)


async def test_a_revoked_key_stops_at_once_even_when_it_was_used_a_moment_ago(service: Service, caller: Caller) -> None:
    made = await service.create_key(caller, name="Robot", scopes=[Scope.COURSE_READ])
    await service.find_key_caller(made.key.public_id, made.secret, KeyKind.API)
    await service.revoke_key(caller, made.key.id)
    with pytest.raises(KeyRefused):
        await service.find_key_caller(made.key.public_id, made.secret, KeyKind.API)


async def test_a_key_revoked_by_another_process_stops_within_five_seconds(db: Database, caller: Caller) -> None:
    ahead = timedelta()

    def clock() -> datetime:
        return utc_now() + ahead

    here, elsewhere = Service(db=db, clock=clock), Service(db=db)
    made = await here.create_key(caller, name="Robot", scopes=[Scope.COURSE_READ])
    await here.find_key_caller(made.key.public_id, made.secret, KeyKind.API)
    await elsewhere.revoke_key(caller, made.key.id)
    ahead = timedelta(seconds=5)
    with pytest.raises(KeyRefused):
        await here.find_key_caller(made.key.public_id, made.secret, KeyKind.API)


async def test_an_expired_key_opens_nothing_even_while_it_is_remembered(db: Database, caller: Caller) -> None:
    ahead = timedelta()
    service = Service(db=db, clock=lambda: utc_now() + ahead)
    made = await service.create_key(
        caller, name="Robot", scopes=[Scope.COURSE_READ], expires_at=utc_now() + timedelta(seconds=2)
    )
    await service.find_key_caller(made.key.public_id, made.secret, KeyKind.API)
    ahead = timedelta(seconds=3)
    with pytest.raises(KeyRefused):
        await service.find_key_caller(made.key.public_id, made.secret, KeyKind.API)
    with pytest.raises(Invalid, match="past"):
        await service.create_key(caller, name="Robot", scopes=[Scope.COURSE_READ], expires_at=utc_now())


async def test_last_used_is_noted_and_secrets_are_not_kept(service: Service, db: Database, caller: Caller) -> None:
    made = await service.create_key(caller, name="Robot", scopes=[Scope.COURSE_READ])
    await service.find_key_caller(made.key.public_id, made.secret, KeyKind.API)
    [listed] = (await service.list_keys(caller)).items
    assert listed.last_used_at is not None
    async with db.system() as tx:
        assert made.secret not in str(await tx.rows("SELECT * FROM api_keys"))
        assert made.secret not in str(await tx.rows("SELECT * FROM audit_events"))


async def test_lrs_keys_read_and_write_statements_and_nothing_else(service: Service, caller: Caller) -> None:
    made = await service.create_key(caller, name="Authoring tool", kind=KeyKind.LRS)
    assert made.credential == f"{made.key.public_id}:{made.secret}"
    found = await service.find_key_caller(made.key.public_id, made.secret, KeyKind.LRS)
    assert found.kind == "lrs_key"
    assert found.scopes == {Scope.XAPI_READ, Scope.XAPI_WRITE}
    with pytest.raises(Invalid):
        await service.create_key(caller, name="x", kind=KeyKind.LRS, scopes=[Scope.COURSE_READ])


@pytest.mark.parametrize("arguments", [{"name": "x", "scopes": []}, {"name": "  ", "scopes": [Scope.COURSE_READ]}])
async def test_a_key_needs_a_name_and_a_right(service: Service, caller: Caller, arguments: dict[str, object]) -> None:
    with pytest.raises(Refusal):
        await service.create_key(caller, **arguments)  # type: ignore[arg-type]


async def test_every_change_is_in_the_audit_trail(service: Service, caller: Caller) -> None:
    user = await service.add_user(caller, email="ada@northwind.example", role=Role.OWNER)
    other = await service.add_user(caller, email="bob@northwind.example", role=Role.OWNER)
    await service.change_role(caller, user.user.id, Role.AUTHOR)
    await service.remove_user(caller, user.user.id)
    key = await service.create_key(caller, name="Robot", scopes=[Scope.COURSE_READ])
    await service.revoke_key(caller, key.key.id)
    await service.update_tenant(caller, name="Northwind", settings={"color": "blue"})
    actions = [event.action for event in (await service.list_audit(caller)).items][::-1]
    assert actions == [
        "user.added",
        "user.added",
        "user.role_changed",
        "user.removed",
        "key.created",
        "key.revoked",
        "tenant.updated",
    ]
    assert other.user.email


async def test_settings_of_a_tenant_are_changed_one_by_one(service: Service, caller: Caller) -> None:
    await service.update_tenant(caller, settings={"color": "blue", "logo": "x"})
    tenant = await service.update_tenant(
        caller, name=" Northwind  Academy ", settings={"color": None, "time_zone": "UTC"}
    )
    assert (tenant.name, tenant.settings) == ("Northwind Academy", {"logo": "x", "time_zone": "UTC"})
    assert (await service.current_tenant(caller)).settings == tenant.settings
