"""What a first start makes: a tenant, its owner, an API key and an LRS key; and what a second start finds again."""

import contextlib
import secrets
from dataclasses import asdict, dataclass
from uuid import UUID

from courseway import tenants
from courseway.errors import Refusal
from courseway.kit.db import Database
from courseway.ops.folder import DataFolder
from courseway.settings import Settings

SLUG = "main"
EMAIL = "owner@courseway.example"


@dataclass(frozen=True)
class Credentials:
    """What is written to credentials.json; every value opens something or says where."""

    console_url: str
    content_url: str
    email: str
    password: str
    api_key: str
    lrs_endpoint: str
    lrs_key: str
    lrs_secret: str

    def __repr__(self) -> str:
        return f"Credentials(console_url={self.console_url!r})"


async def provision(settings: Settings, folder: DataFolder, *, tenant_name: str) -> Credentials:
    """
    Make sure that the tenant, its owner and its keys exist, and write credentials.json.

    Whatever exists is left as it is; a key that was revoked or lost is made anew. Safe to repeat after a kill.
    """
    db = Database(settings.database_url, min_size=1, max_size=2)
    await db.open()
    try:
        service = tenants.Service(db=db, console_url=settings.console_url)
        caller = await _ensure_tenant(service, tenant_name)
        kept = folder.read("secrets.json")
        await _ensure_owner(service, caller, folder, kept)
        await _ensure_keys(service, caller, folder, kept)
    finally:
        await db.close()
    credentials = Credentials(
        console_url=settings.console_url,
        content_url=settings.content_url,
        email=kept["email"],
        password=kept["password"],
        api_key=kept["api_key"],
        lrs_endpoint=f"{settings.console_url}/xapi",
        lrs_key=kept["lrs_key"],
        lrs_secret=kept["lrs_secret"],
    )
    folder.write("credentials.json", asdict(credentials))
    return credentials


async def _ensure_tenant(service: tenants.Service, name: str) -> tenants.Caller:
    tenant = await service.find_tenant_by_slug(SLUG)
    if tenant is None:
        tenant = await service.create_tenant(name=name, slug=SLUG)
    return tenants.platform_caller(tenant.id, "courseway up")


async def _ensure_owner(
    service: tenants.Service, caller: tenants.Caller, folder: DataFolder, kept: dict[str, str]
) -> None:
    if "password" not in kept:
        # Written before the account is made: a kill in between must not lose the only copy.
        kept.update(email=EMAIL, password=secrets.token_urlsafe(12))
        folder.write("secrets.json", kept)
    if (await service.list_users(caller, limit=1)).items:
        return
    await service.add_user(
        caller, email=kept["email"], name="Owner", role=tenants.Role.OWNER, password=kept["password"]
    )


async def _ensure_keys(
    service: tenants.Service, caller: tenants.Caller, folder: DataFolder, kept: dict[str, str]
) -> None:
    public_id, _, secret = kept.get("api_key", "cw__").removeprefix("cw_").partition("_")
    if not await _works(service, caller.tenant_id, public_id, secret, tenants.KeyKind.API):
        made = await service.create_key(caller, name="courseway up", scopes=tuple(tenants.Scope))
        kept["api_key"] = made.credential
        folder.write("secrets.json", kept)
    lrs = kept.get("lrs_key", ""), kept.get("lrs_secret", "")
    if not await _works(service, caller.tenant_id, *lrs, tenants.KeyKind.LRS):
        made = await service.create_key(caller, name="courseway up (LRS)", kind=tenants.KeyKind.LRS)
        kept.update(lrs_key=made.key.public_id, lrs_secret=made.secret)
        folder.write("secrets.json", kept)


async def _works(service: tenants.Service, tenant_id: UUID, public_id: str, secret: str, kind: tenants.KeyKind) -> bool:
    with contextlib.suppress(Refusal):
        return (await service.find_key_caller(public_id, secret, kind)).tenant_id == tenant_id
    return False
