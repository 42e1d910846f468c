"""connectivity"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

JSON_DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "journal_entry",
        sa.Column("agent_id", sa.String(length=32), nullable=False),
        sa.Column("boot_id", sa.String(length=32), nullable=False),
        sa.Column("from_monotonic_s", sa.Float(), nullable=False),
        sa.Column("to_monotonic_s", sa.Float(), nullable=False),
        sa.Column("agent_from_s", sa.Float(), nullable=False),
        sa.Column("agent_to_s", sa.Float(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("from_at", MOMENT, nullable=False),
        sa.Column("to_at", MOMENT, nullable=False),
        sa.Column("placed", sa.String(length=8), nullable=False),
        *(
            sa.Column(name, sa.Boolean(), nullable=True)
            for name in ("link", "gateway", "provider", "government", "internet", "captive", "collector")
        ),
        sa.Column("services_failed", JSON_DOCUMENT, nullable=True),
        sa.Column("services_asked", sa.Integer(), nullable=True),
        sa.Column("on_battery", sa.Boolean(), nullable=True),
        sa.Column("battery_percent", sa.Integer(), nullable=True),
        sa.Column("ups", sa.String(length=12), nullable=False),
        sa.Column("ended", sa.String(length=12), nullable=False),
        sa.Column("before_at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("agent_id", "boot_id", "from_monotonic_s"),
    )
    op.create_index("ix_journal_entry_site", "journal_entry", ["site_id", "from_at"])
    op.create_index("ix_journal_entry_received_at", "journal_entry", ["received_at"])
    op.create_table(
        "area_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_at", MOMENT, nullable=False),
        sa.Column("to_at", MOMENT, nullable=True),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("cause", sa.String(length=12), nullable=False),
        sa.Column("sites", JSON_DOCUMENT, nullable=False),
        sa.Column("raised_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_area_event_from_at", "area_event", ["from_at"])
    op.create_index("ix_area_event_withdrawn_at", "area_event", ["withdrawn_at"])
    op.create_table(
        "site_alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("raised_at", MOMENT, nullable=False),
        sa.Column("since_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("cause", sa.String(length=12), nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("area_event_id", sa.Integer(), nullable=True),
        sa.Column("corrected_at", MOMENT, nullable=True),
        sa.Column("corrections", JSON_DOCUMENT, nullable=False),
        sa.ForeignKeyConstraint(["area_event_id"], ["area_event.id"]),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_site_alert_site", "site_alert", ["site_id", "since_at"])
    op.create_index("ix_site_alert_closed_at", "site_alert", ["closed_at"])
    op.create_index("ix_site_alert_area_event_id", "site_alert", ["area_event_id"])
    op.create_index("ix_site_alert_corrected_at", "site_alert", ["corrected_at"])
    op.create_table(
        "collector_deaf",
        sa.Column("from_at", MOMENT, nullable=False),
        sa.Column("to_at", MOMENT, nullable=True),
        sa.Column("silenced", JSON_DOCUMENT, nullable=False),
        sa.Column("verdict", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("from_at"),
    )
    with op.batch_alter_table("agent_boot", schema=None) as batch_op:
        batch_op.add_column(sa.Column("clock_offset_s", sa.Float(), nullable=True))
    with op.batch_alter_table("site", schema=None) as batch_op:
        batch_op.add_column(sa.Column("hours_learnt", JSON_DOCUMENT, nullable=True))
    with op.batch_alter_table("site_state", schema=None) as batch_op:
        batch_op.create_index("ix_site_state_from", ["from_at"])
        batch_op.add_column(sa.Column("why", sa.String(length=24), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("observed", sa.Boolean(), nullable=False, server_default=sa.true()))
