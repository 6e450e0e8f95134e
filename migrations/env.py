"""Runs the migrations. The address of the database comes from the caller (`ops/migrate.py`), never from a file."""

from alembic import context
from sqlalchemy import create_engine, pool

engine = create_engine(context.config.get_main_option("sqlalchemy.url") or "", poolclass=pool.NullPool)

with engine.connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        # One migrator at a time, however many nodes start together.
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7239401)")
        context.run_migrations()
