"""Alembic's entry: runs on the connection that inventory.store.schema hands over."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

import inventory.store.tables  # noqa: F401  (fills the metadata)

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    transaction_per_migration=True,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
