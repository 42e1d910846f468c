"""line quality"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

JSON_DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    _line_test()
    op.create_table(
        "line_traffic",
        sa.Column("site_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("slot_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("bytes_in", sa.BigInteger(), nullable=False),
        sa.Column("bytes_out", sa.BigInteger(), nullable=False),
        sa.Column("pc_seconds", sa.Float(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "slot_at"),
    )
    op.create_index("ix_line_traffic_updated_at", "line_traffic", ["updated_at"])
    op.create_table(
        "traffic_seen",
        sa.Column("agent_id", sa.String(length=32), nullable=False),
        sa.Column("boot_id", sa.String(length=32), nullable=False),
        sa.Column("seen", JSON_DOCUMENT, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("agent_id", "boot_id"),
    )
    op.create_index("ix_traffic_seen_updated_at", "traffic_seen", ["updated_at"])
    _service_reach()
    _conclusions()
    with op.batch_alter_table("site", schema=None) as batch_op:
        batch_op.add_column(sa.Column("meeting_point", sa.Boolean(), nullable=True))


def _line_test() -> None:
    op.create_table(
        "line_test",
        sa.Column("agent_id", sa.String(length=32), nullable=False),
        sa.Column("boot_id", sa.String(length=32), nullable=False),
        sa.Column("test_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("placed", sa.String(length=8), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_s", sa.Float(), nullable=False),
        sa.Column("bytes_used", sa.BigInteger(), nullable=False),
        sa.Column("link_class", sa.String(length=12), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("error", sa.String(length=40), nullable=False),
        sa.Column("packets_sent", sa.Integer(), nullable=True),
        sa.Column("packets_received", sa.Integer(), nullable=True),
        sa.Column("lost_forward", sa.Integer(), nullable=True),
        sa.Column("lost_backward", sa.Integer(), nullable=True),
        sa.Column("rtt_min_ms", sa.Float(), nullable=True),
        sa.Column("rtt_median_ms", sa.Float(), nullable=True),
        sa.Column("rtt_p95_ms", sa.Float(), nullable=True),
        sa.Column("jitter_ms", sa.Float(), nullable=True),
        sa.Column("ipdv_p95_ms", sa.Float(), nullable=True),
        sa.Column("mbps", sa.Float(), nullable=True),
        sa.Column("stable", sa.Boolean(), nullable=True),
        sa.Column("min_rtt_ms", sa.Float(), nullable=True),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("agent_id", "boot_id", "test_id"),
    )
    op.create_index("ix_line_test_site_at", "line_test", ["site_id", "at"])
    op.create_index("ix_line_test_received_at", "line_test", ["received_at"])


def _service_reach() -> None:
    op.create_table(
        "service_reach",
        sa.Column("site_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("service", sa.String(length=80), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("ok", sa.Integer(), nullable=False),
        sa.Column("offline", sa.Integer(), nullable=False),
        sa.Column("failed_dns", sa.Integer(), nullable=False),
        sa.Column("failed_tcp", sa.Integer(), nullable=False),
        sa.Column("failed_http", sa.Integer(), nullable=False),
        sa.Column("latency_ms", sa.Float(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_ok_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_stage", sa.String(length=8), nullable=False),
        sa.Column("last_error", sa.String(length=40), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "service", "day"),
    )
    op.create_index("ix_service_reach_day", "service_reach", ["day"])
    op.create_table(
        "service",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(length=300), nullable=False),
        sa.Column("heading", sa.String(length=60), nullable=False),
        sa.Column("network", sa.String(length=12), nullable=False),
        sa.Column("roles", JSON_DOCUMENT, nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def _conclusions() -> None:
    op.create_table(
        "line_day",
        sa.Column("site_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("measure", sa.String(length=12), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("p50", sa.Float(), nullable=True),
        sa.Column("p90", sa.Float(), nullable=True),
        sa.Column("p95", sa.Float(), nullable=True),
        sa.Column("capped", sa.Integer(), nullable=False),
        sa.Column("at_least", sa.Float(), nullable=True),
        sa.Column("bytes_used", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "day", "measure"),
    )
    op.create_index("ix_line_day_day", "line_day", ["day"])
    op.create_table(
        "line_standing",
        sa.Column("site_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("grade", sa.String(length=12), nullable=False),
        sa.Column("contract", sa.String(length=12), nullable=False),
        sa.Column("load", sa.String(length=12), nullable=False),
        sa.Column("data", JSON_DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("site_id"),
    )
