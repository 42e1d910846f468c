"""lan and machine details"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

JSON_DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table('lan',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('site_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('network', sa.String(length=48), nullable=False),
    sa.Column('gateway', sa.String(length=64), nullable=False),
    sa.Column('first_seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('scanner_agent_id', sa.String(length=32), nullable=False),
    sa.Column('lease_from', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('elected_why', sa.String(length=40), nullable=False),
    sa.Column('last_sweep_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('hosts', sa.Integer(), nullable=True),
    sa.Column('vendors', JSON_DOCUMENT, nullable=True),
    sa.Column('members', JSON_DOCUMENT, nullable=True),
    sa.Column('sample', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('site_id', 'key')
    )
    with op.batch_alter_table('lan', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_lan_scanner_agent_id'), ['scanner_agent_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_lan_site_id'), ['site_id'], unique=False)

    op.create_table('lan_scan',
    sa.Column('id', BIG_ID, autoincrement=True, nullable=False),
    sa.Column('site_id', sa.Integer(), nullable=False),
    sa.Column('agent_id', sa.String(length=32), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('method', sa.String(length=12), nullable=False),
    sa.Column('network', sa.String(length=48), nullable=False),
    sa.Column('addresses', sa.Integer(), nullable=False),
    sa.Column('frames', sa.Integer(), nullable=False),
    sa.Column('duration_s', sa.Float(), nullable=False),
    sa.Column('hosts', sa.Integer(), nullable=False),
    sa.Column('stopped', sa.String(length=20), nullable=False),
    sa.Column('sample', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('agent_id', 'started_at', 'kind')
    )
    with op.batch_alter_table('lan_scan', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_lan_scan_site_id'), ['site_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_lan_scan_started_at'), ['started_at'], unique=False)

    with op.batch_alter_table('machine', schema=None) as batch_op:
        batch_op.add_column(sa.Column('unsafe', JSON_DOCUMENT, nullable=True))
        batch_op.add_column(sa.Column('advice', JSON_DOCUMENT, nullable=True))
        batch_op.add_column(sa.Column('windows11', sa.String(length=16), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('windows11_reasons', JSON_DOCUMENT, nullable=True))
        batch_op.add_column(sa.Column('os_support_end', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('disk_free_bytes', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('disk_health', sa.String(length=8), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('last_update_on', sa.Date(), nullable=True))

    with op.batch_alter_table('network_device', schema=None) as batch_op:
        batch_op.add_column(sa.Column('source', sa.String(length=12), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('name', sa.String(length=120), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('os', sa.String(length=80), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('version', sa.String(length=80), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('location', sa.String(length=120), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('agent_id', sa.String(length=32), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('default_community', sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column('pages', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('ports', JSON_DOCUMENT, nullable=True))
        batch_op.add_column(sa.Column('supplies', JSON_DOCUMENT, nullable=True))
        batch_op.add_column(sa.Column('battery', JSON_DOCUMENT, nullable=True))
        batch_op.add_column(sa.Column('scans_missed', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('gone_at', sa.DateTime(timezone=True), nullable=True))

