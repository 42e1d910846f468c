"""Opening the store: SQLite (one file, WAL) or PostgreSQL, behind one small face.

StoreError
├── BadUrl        the database URL is not one of ours
├── Unusable      the database cannot be opened; names the file or server, what is wrong and what to do
├── StaleSchema   the schema is older or newer than this program; says which command to run
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError
from sqlmodel import Session

__all__ = [
    "BadUrl", "OperationalError", "SQLAlchemyError", "StaleSchema", "Store", "StoreError", "create_schema", "open_store",
]  # fmt: skip

SQLITE_BUSY_MS = 30_000
_READ = "gapwatch_read"


class StoreError(Exception):
    """Root of the store's errors; str() says what to do."""


class BadUrl(StoreError):
    """The database URL is not one of ours."""


class Unusable(StoreError):
    """The database cannot be opened."""


class StaleSchema(StoreError):
    """The schema does not fit this program."""


class Store:
    """One database. Thread-safe; open once per process."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"
        self._reader = engine.execution_options(**{_READ: True})

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session that may write: commits at the end, rolls back on any error.

        On SQLite it takes the write lock at once, so that what it read cannot change before it writes.
        """
        with Session(self.engine, expire_on_commit=False) as session:
            try:
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads: one consistent snapshot, never waits for writers on SQLite."""
        with Session(self._reader, expire_on_commit=False, autoflush=False) as session:
            yield session  # closing ends the transaction and leaves what was loaded readable

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A Core connection inside one writing transaction."""
        with self.engine.begin() as connection:
            yield connection

    def ping(self) -> bool:
        """Whether the database answers now."""
        try:
            with self._reader.connect() as connection:
                connection.execute(text("SELECT 1"))
        except SQLAlchemyError:
            return False
        return True

    def close(self) -> None:
        self.engine.dispose()


def open_store(url: str, *, pool_size: int = 10) -> Store:
    """Opens `sqlite:///path` or `postgresql+psycopg://...`. Raises BadUrl, or Unusable when it cannot be read.

    The folder of a new SQLite file is made. `postgresql://` is taken as psycopg 3.
    """
    if url.startswith("postgresql://"):
        url = "postgresql+psycopg://" + url.removeprefix("postgresql://")
    if url.startswith("sqlite:///"):
        path = url.removeprefix("sqlite:///")
        if path in ("", ":memory:"):
            raise BadUrl("database_url: give SQLite a file, for example sqlite:///var/gapwatch.db")
        try:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Unusable(
                f"database_url: the folder of {path} cannot be made ({error.strerror}); make it or correct the path"
            ) from None
        return _checked(Store(_open_sqlite(url, pool_size)), path)
    if url.startswith("postgresql+psycopg://"):
        try:
            engine = create_engine(url, pool_size=pool_size, max_overflow=10, pool_pre_ping=True)
        except (ArgumentError, ValueError):  # its text would repeat the password
            raise BadUrl("database_url: write it like postgresql://user:password@host:5432/name") from None
        return _checked(Store(engine), f"{engine.url.host or 'the local server'}/{engine.url.database or ''}")
    raise BadUrl(f"database_url: {url.split(':', 1)[0]!r} is not supported; use sqlite:///FILE or postgresql://...")


def _checked(store: Store, where: str) -> Store:
    """The store, after it has answered once: what is wrong is said at the start, in one line."""
    try:
        with store.engine.execution_options(**{_READ: True}).connect() as connection:
            connection.execute(text("SELECT count(*) FROM sqlite_master" if store.is_sqlite else "SELECT 1"))
    except SQLAlchemyError as error:
        store.close()
        said = " ".join(str(getattr(error, "orig", None) or error).split())
        raise Unusable(
            f"database_url: {where} cannot be used: {said[:200]}; {_remedy(said, store.is_sqlite)}"
        ) from None
    return store


def _remedy(said: str, is_sqlite: bool) -> str:
    if not is_sqlite:
        return "check the address, the login and that the server runs"
    if "not a database" in said or "malformed" in said:
        return "put the file aside (keep it) and bring back the newest backup"
    if "full" in said or "disk I/O" in said:
        return "make room on its disk and start again"
    return "check that the file and its folder exist and may be written by this user"


def _open_sqlite(url: str, pool_size: int) -> Engine:
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=20,
        connect_args={"timeout": SQLITE_BUSY_MS / 1000, "check_same_thread": False, "isolation_level": None},
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={SQLITE_BUSY_MS}")
        cursor.execute("PRAGMA journal_mode=WAL")
        # FULL: what was acknowledged to an agent survives a power cut, not only a crash. Group commit pays for it.
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA cache_size=-32000")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get(_READ)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def create_schema(store: Store) -> None:
    """Shorthand for `inventory.store.schema.create_schema`."""
    from inventory.store.schema import create_schema as migrate  # the schema module needs Store: imported when used

    migrate(store)
