"""Stores of every released version come to this program's schema with their rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, MetaData, text
from sqlmodel import SQLModel

from inventory.store import schema, tables
from inventory.store.engine import Store, open_store

RELEASED = ("0001", "0002")
NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A database without any table."""
    if request.param == "sqlite":
        store = open_store(f"sqlite:///{tmp_path}/old.db")
        yield store
        store.close()
        return
    server = request.getfixturevalue("postgresql_server")
    name = server.create_database(empty=True)
    store = open_store(server.url(name))
    yield store
    store.close()
    server.drop_database(name)


def _migrate(store: Store, version: str) -> None:
    with store.engine.connect() as connection:
        config = schema._config()
        config.attributes["connection"] = connection
        command.upgrade(config, version)
        connection.commit()


def _fill(store: Store) -> None:
    """A row in the tables that later versions change, as that version has them."""
    old = MetaData()
    old.reflect(store.engine)
    wanted: dict[str, dict[str, Any]] = {
        "unit": {"id": "x1.2", "kind": "xa", "name": "Vĩnh Sơn"},
        "site": {"id": 1, "unit_id": "x1.2", "name": "Trụ sở"},
        "machine": {"id": 7, "site_id": 1, "hostname": "PC-1"},
        "network_device": {"id": 3, "site_id": 1, "vendor": "TP-Link"},
    }
    with store.engine.begin() as connection:
        for name, values in wanted.items():
            table = old.tables[name]
            needed = {column.name: _anything(column) for column in table.columns if not column.nullable}
            connection.execute(table.insert().values(needed | values))


def _anything(column: Column[Any]) -> Any:
    kind = column.type.python_type
    return NOW if kind is datetime else False if kind is bool else kind()


@pytest.mark.parametrize("version", RELEASED)
def test_a_released_store_is_upgraded_with_its_rows(empty: Store, version: str) -> None:
    _migrate(empty, version)
    _fill(empty)

    schema.create_schema(empty)

    schema.require_current(empty)
    with empty.engine.connect() as connection:
        machine = connection.execute(text("SELECT hostname, windows11, disk_health, unsafe FROM machine")).one()
        device = connection.execute(text("SELECT vendor, source, scans_missed, ports FROM network_device")).one()
    assert tuple(machine) == ("PC-1", "", "", None)
    assert tuple(device) == ("TP-Link", "", 0, None)


def test_the_migrations_make_exactly_the_tables_of_the_code(empty: Store) -> None:
    schema.create_schema(empty)

    assert tables.Machine.metadata is SQLModel.metadata
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        changes = [
            change
            for change in compare_metadata(context, SQLModel.metadata)
            if not (isinstance(change, tuple) and str(change[0]).startswith("remove"))  # partitions and their indexes
        ]
    assert not changes
