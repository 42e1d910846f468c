"""Bringing a store to this program's schema, and refusing one that does not fit."""

from __future__ import annotations

from importlib import resources

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from inventory.store.engine import StaleSchema, Store

_LOCK = 0x6761_7077  # any constant: two processes that migrate at once on PostgreSQL take turns


def create_schema(store: Store) -> None:
    """Migrates to the newest schema, from empty or from any released version."""
    with store.engine.connect() as connection:
        if not store.is_sqlite:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
            connection.commit()
        try:
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
        finally:
            if not store.is_sqlite:
                connection.rollback()
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})
                connection.commit()


def head_version() -> str:
    """The schema version that this program needs."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def current_version(store: Store) -> str:
    """The schema version that the database has; "" when it is empty."""
    with store.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def require_current(store: Store) -> None:
    """Raises StaleSchema unless the database has exactly this program's schema."""
    have, need = current_version(store), head_version()
    if have == need:
        return
    if not have:
        raise StaleSchema("the database is empty: run `gapwatch migrate` first")
    if have > need:
        raise StaleSchema(
            f"the database has schema {have}, newer than this program's {need}: install the newer release"
        )
    raise StaleSchema(f"the database has schema {have}, this program needs {need}: run `gapwatch migrate`")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(resources.files("inventory") / "migrations"))
    config.set_main_option("path_separator", "os")
    return config
