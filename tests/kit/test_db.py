"""Units of work and the two locks between tenants."""

import uuid

import psycopg
import pytest

from courseway.kit.db import Database, MissingTenant
from tests.conftest import make_tenant


async def test_a_statement_that_does_not_name_its_tenant_never_reaches_the_database(
    db: Database, tenant_id: uuid.UUID
) -> None:
    async with db.tenant(tenant_id) as tx:
        with pytest.raises(MissingTenant):
            await tx.rows("SELECT * FROM courses")


async def test_row_level_security_hides_a_strangers_rows_even_when_the_statement_forgets_to_ask(
    db: Database, tenant_id: uuid.UUID
) -> None:
    stranger = await make_tenant(db, "Stranger")
    async with db.tenant(tenant_id) as tx:
        found = await tx.rows("SELECT id FROM tenants WHERE %(tenant_id)s::uuid IS NOT NULL")
    assert [row["id"] for row in found] == [tenant_id]
    async with db.tenant(stranger) as tx:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await tx.run(
                "INSERT INTO learners (id, tenant_id, external_id) VALUES (gen_random_uuid(), %(theirs)s, %(tenant_id)s::text)",
                {"theirs": tenant_id},
            )


async def test_a_unit_of_work_that_raises_leaves_nothing_behind(db: Database, tenant_id: uuid.UUID) -> None:
    with pytest.raises(RuntimeError):
        async with db.tenant(tenant_id) as tx:
            await tx.run("UPDATE tenants SET name = 'half-made' WHERE id = %(tenant_id)s")
            raise RuntimeError
    async with db.tenant(tenant_id) as tx:
        row = await tx.one("SELECT name FROM tenants WHERE id = %(tenant_id)s")
    assert row["name"] == "Northwind Training"
