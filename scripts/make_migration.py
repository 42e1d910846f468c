"""Writes the next numbered migration from the difference between the tables in code and the newest migration.

    python scripts/make_migration.py "add column x"

Look at the result and edit it before you commit it: renames and data moves are not found by themselves.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from alembic import command  # noqa: E402  (after the path)

from inventory.store import schema  # noqa: E402
from inventory.store.engine import open_store  # noqa: E402

VERSIONS = ROOT / "inventory" / "migrations" / "versions"

_PLAIN = (
    (r"sqlmodel\.sql\.sqltypes\.AutoString\(", "sa.String("),
    (r"sqlmodel\.sql\.sqltypes\.AutoString", "sa.String"),
    (r"inventory\.store\.types\.UtcDateTime\(timezone=True\)", "sa.DateTime(timezone=True)"),
    (r"sa\.JSON\(\)\.with_variant\(postgresql\.JSONB\([^)]*\)*?\), 'postgresql'\)", "JSON_DOCUMENT"),
    (r"sa\.JSON\(none_as_null=True\)\.with_variant\(.*?'postgresql'\)", "JSON_DOCUMENT"),
    (r"sa\.BigInteger\(\)\.with_variant\(sa\.Integer\(\), 'sqlite'\)", "BIG_ID"),
    (r"    # ###.*\n", ""),
)
_TYPES = """
JSON_DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""

# Rows always find a place: the months are made later (inventory/store/partitions.py), this one takes the rest.
_PARTITIONS = """
    if op.get_bind().dialect.name == "postgresql":
        for table in ("contact", "raw_report"):
            op.execute(f"CREATE TABLE {table}_default PARTITION OF {table} DEFAULT")
"""


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    number = f"{len(list(VERSIONS.glob('[0-9]*.py'))) + 1:04d}"
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/empty.db")
        schema.create_schema(store)
        config = schema._config()
        with store.engine.connect() as connection:
            config.attributes["connection"] = connection
            script = command.revision(config, message=sys.argv[1], autogenerate=True, rev_id=number)
        store.close()
    path = Path(script.path)  # type: ignore[union-attr]
    path.write_text(_tidy(path.read_text(encoding="utf-8")), encoding="utf-8")
    print(path.relative_to(ROOT))
    return 0


def _tidy(source: str) -> str:
    for pattern, plain in _PLAIN:
        source = re.sub(pattern, plain, source)
    if "JSON_DOCUMENT" in source or "BIG_ID" in source:
        source = source.replace(
            "from alembic import op\n", "from alembic import op\nfrom sqlalchemy.dialects.postgresql import JSONB\n"
        )
        source = source.replace("\n\ndef upgrade", _TYPES + "\n\ndef upgrade", 1)
    if "postgresql_partition_by" in source:
        source = source.rstrip() + "\n" + _PARTITIONS
    return source


if __name__ == "__main__":
    sys.exit(main())
