"""When a collector ran and yet heard nobody at all: its own line was cut, not those of all offices at once.

Noted while it lasts, closed with the first report, and settled by what the silenced agents then tell: most of them back
on the same boot means that it was the collector; cut lines in journals and hard shutdowns mean that it was not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, func, insert, select, update

from inventory.domain.collector_silence import BACK_WITHIN, SHORTEST, After, Heard, silenced, was_the_collector
from inventory.domain.contact import Interval, covers, merge, subtract
from inventory.store.site_rows import Record
from inventory.store.tables import AgentBoot, CollectorDeaf, Contact, JournalRow

_deaf = CollectorDeaf.__table__  # type: ignore[attr-defined]
_contact = Contact.__table__  # type: ignore[attr-defined]
_boot = AgentBoot.__table__  # type: ignore[attr-defined]
_journal = JournalRow.__table__  # type: ignore[attr-defined]

LEAVING = timedelta(minutes=20)
"""Who falls silent so shortly before closing time has gone home."""


@dataclass(frozen=True, slots=True)
class News:
    """What a look found out: rows to write. Most looks find nothing."""

    begun: tuple[datetime, tuple[tuple[str, str, str], ...]] | None = None
    ended: tuple[datetime, datetime] | None = None  # (begin of the row, first report after it)
    settled: tuple[tuple[datetime, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.begun or self.ended or self.settled)


def noted(connection: Connection, from_at: datetime) -> list[Record]:
    """What was noted since `from_at`, oldest first."""
    return list(connection.execute(select(_deaf).where(_deaf.c.from_at >= from_at).order_by(_deaf.c.from_at)))


def deaf_times(rows: Iterable[Record], now: datetime) -> list[Interval]:
    """Times in which nobody was heard through the collector's own fault, as far as is known; tidy."""
    return merge((row.from_at, row.to_at or now) for row in rows if row.verdict != "sites")


def open_since(connection: Connection) -> datetime | None:
    """Since when nobody is heard; None: somebody is."""
    moment: datetime | None = connection.execute(
        select(_deaf.c.from_at).where(_deaf.c.to_at.is_(None)).order_by(_deaf.c.from_at.desc()).limit(1)
    ).scalar()
    return moment


def listen(
    connection: Connection,
    rows: Sequence[Record],
    everybody: Iterable[Heard],
    up: Sequence[Interval],
    is_open: Callable[[str, datetime], bool],
    now: datetime,
) -> News:
    """Looks whether the collector hears. `rows`: as noted; `up`: when it ran; `is_open(site, moment)`: whether people are at work there."""
    agents = list(everybody)
    last_at = max((one.at for one in agents), default=None)
    if last_at is None:
        return News()
    settled = tuple(_settle(connection, rows, now))
    since = next((row.from_at for row in reversed(rows) if row.to_at is None), None)
    if since is not None:
        if last_at <= since:
            return News(settled=settled)
        return News(ended=(since, _first_after(connection, since, last_at)), settled=settled)
    if now - last_at < SHORTEST or not covers(up, last_at) or subtract([(last_at, now)], up):
        return News(settled=settled)  # heard just now; or it did not run all the while: that is known better
    working = [one for one in agents if is_open(one.site, one.at + LEAVING)]
    lost = silenced(working, last_at, now)
    begun = (last_at, tuple((one.agent, one.site, one.boot) for one in lost)) if lost else None
    return News(begun=begun, settled=settled)


def _first_after(connection: Connection, since: datetime, otherwise: datetime) -> datetime:
    """Begin of the first contact after a silence."""
    moment: datetime | None = connection.execute(
        select(func.min(_contact.c.from_at)).where(_contact.c.from_at > since, _contact.c.kind == "live")
    ).scalar()
    return moment or otherwise


def write(connection: Connection, news: News) -> None:
    """Notes it, in the caller's transaction; what another process has noted already is left alone."""
    if news.begun is not None:
        known = connection.execute(select(_deaf.c.from_at).where(_deaf.c.from_at == news.begun[0])).first()
        if known is None:
            values = {"from_at": news.begun[0], "silenced": [list(one) for one in news.begun[1]], "verdict": ""}
            connection.execute(insert(_deaf).values(**values, to_at=None))
    if news.ended is not None:
        query = update(_deaf).where(_deaf.c.from_at == news.ended[0], _deaf.c.to_at.is_(None))
        connection.execute(query.values(to_at=news.ended[1]))
    for from_at, verdict in news.settled:
        connection.execute(update(_deaf).where(_deaf.c.from_at == from_at).values(verdict=verdict))


def _settle(connection: Connection, rows: Sequence[Record], now: datetime) -> Iterable[tuple[datetime, str]]:
    """Verdicts on what ended long enough ago."""
    for row in rows:
        if row.verdict or row.to_at is None or row.to_at > now - BACK_WITHIN:
            continue
        after = [_after(connection, row, *one) for one in row.silenced]
        yield row.from_at, "collector" if was_the_collector(after) else "sites"


def _after(connection: Connection, row: Record, agent_id: str, site: str, boot_id: str) -> After:
    heard = connection.execute(
        select(_contact.c.boot_id, _boot.c.previous_shutdown)
        .select_from(
            _contact.outerjoin(
                _boot, and_(_boot.c.agent_id == _contact.c.agent_id, _boot.c.boot_id == _contact.c.boot_id)
            )
        )
        .where(
            _contact.c.agent_id == agent_id,
            _contact.c.kind == "live",
            _contact.c.to_at > row.from_at,
            _contact.c.from_at <= row.to_at + BACK_WITHIN,
        )
        .order_by(_contact.c.from_at)
    ).first()
    seen = connection.execute(
        select(_journal.c.internet)
        .where(
            _journal.c.agent_id == agent_id,
            _journal.c.from_at < row.to_at,
            _journal.c.to_at > row.from_at,
            _journal.c.internet.is_not(None),
        )
        .order_by(_journal.c.from_at.desc())
    ).scalar()
    back = heard is not None and heard.boot_id == boot_id
    hard = heard is not None and not back and heard.previous_shutdown == "unclean"
    return After(site, back, seen, hard)
