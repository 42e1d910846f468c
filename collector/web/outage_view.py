"""Rows of the outage list and of the claim, with their sums per line and month. Words only; the store found the facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from collector.i18n import N_, claim_words, format, words
from collector.i18n.format import local
from collector.web.month_view import belief, month_name
from collector.web.period import Period
from inventory.domain.hours import Calendar
from inventory.domain.outage_claim import CLAIMED, reason_not_claimed
from inventory.store.outages import Outage, outages
from inventory.store.scope import Scope
from inventory.store.tables import Line, Site

SHOWN = 200
"""Outages that one page tells; the CSV file has all of them."""


@dataclass(frozen=True, slots=True)
class Row:
    """One outage at one site, whole, however much of it lies in the period."""

    site_id: int
    site_name: str
    unit_name: str
    line_kind: str  # of the line it is charged to; "": no line was declared
    contract_no: str
    rate: str  # "150/150 Mb/s", or ""
    provider: str
    from_at: datetime
    to_at: datetime | None  # None: not over
    state: str
    cause: str
    seconds: float  # without the collector's own downtime
    open_seconds: float  # of these, in opening hours
    proof: tuple[str, ...]  # in words
    corrected: str  # what was told first, in words; "" when it stood
    not_claimed: str  # code of outage_claim.REASONS; CLAIMED
    reason: str  # the same in words
    event_id: int | None
    sample: bool

    @property
    def month(self) -> str:
        return f"{local(self.from_at):%Y-%m}"

    @property
    def claimed(self) -> bool:
        return self.not_claimed == CLAIMED


@dataclass(slots=True)
class Total:
    """The outages of one line in one month."""

    site_id: int
    site_name: str
    unit_name: str
    line_kind: str
    contract_no: str
    provider: str
    month: str
    month_label: str
    count: int = 0
    seconds: float = 0.0
    open_seconds: float = 0.0
    claimed_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Sheet:
    rows: list[Row]  # newest first
    totals: list[Total]  # longest first

    @property
    def shown(self) -> list[Row]:
        return self.rows[:SHOWN]

    @property
    def cut(self) -> bool:
        return len(self.rows) > SHOWN


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is narrowed to; "" and None leave a condition out."""

    scope: Scope
    period: Period
    provider: str = ""
    site_id: int | None = None
    cause: str = ""
    confirmed: bool = False  # only what is proven
    begun: bool = False  # only what began in the period: nothing is claimed in two months


def load_rows(session: Session, wanted: Wanted, now: datetime, calendar: Calendar, lang: str) -> list[Row]:
    """The outages that reach into the period."""
    period = wanted.period
    found = outages(
        session,
        period.from_at,
        period.until,
        wanted.site_id,
        wanted.provider or None,
        now=now,
        scope=wanted.scope,
        calendar=calendar,
    )
    rows = (row_of(item, now, lang) for item in found)
    return [
        row
        for row in rows
        if (not wanted.cause or row.cause == wanted.cause)
        and (not wanted.confirmed or row.state == "LINE_LOST_CONFIRMED")
        and (not wanted.begun or row.from_at >= period.from_at)
    ]


def row_of(item: Outage, now: datetime, lang: str) -> Row:
    """An outage of the store in words."""
    code = reason_not_claimed(item.state, item.cause)
    first = item.corrections[0] if item.corrections else {}
    return Row(
        site_id=item.site_id,
        site_name=item.site_name,
        unit_name=item.unit_name,
        line_kind=item.line_kind,
        contract_no=item.contract_no,
        rate=_rate(item, lang),
        provider=item.provider,
        from_at=item.from_at,
        to_at=item.to_at,
        state=item.state,
        cause=item.cause,
        seconds=item.seconds,
        open_seconds=item.open_s,
        proof=claim_words.proof(item.why, item.witnesses, item.open_s - item.observed_s, lang),
        corrected=belief(str(first.get("state") or ""), str(first.get("cause") or ""), lang) if first else "",
        not_claimed=code,
        reason=claim_words.reason(code, lang),
        event_id=item.event_id,
        sample=item.sample,
    )


def _rate(item: Outage, lang: str) -> str:
    if not item.down_mbps:
        return ""
    return f"{format.decimal(item.down_mbps, 0, lang)}/{format.decimal(item.up_mbps, 0, lang)} Mb/s"


def provider_choices(session: Session, scope: Scope) -> list[tuple[str, str]]:
    """Providers of sites and lines in scope, for the filter."""
    own = select(Site.provider).where(scope.condition(Site.unit_id), Site.provider != "").distinct()
    lines = (
        select(Line.provider)
        .join(Site, col(Site.id) == col(Line.site_id))
        .where(scope.condition(Site.unit_id), Line.provider != "")
        .distinct()
    )
    return [(name, name) for name in sorted({*session.exec(own), *session.exec(lines)})]


def sheet_of(rows: Iterable[Row], lang: str) -> Sheet:
    """Rows with their sums. An outage counts in the month in which it began."""
    ordered = sorted(rows, key=lambda row: (row.from_at, row.site_name), reverse=True)
    return Sheet(ordered, totals_of(ordered, lang))


def totals_of(rows: Sequence[Row], lang: str) -> list[Total]:
    """Sums per line and month, the longest in office hours first."""
    found: dict[tuple[int, str, str, str], Total] = {}
    for row in rows:
        key = (row.site_id, row.line_kind, row.contract_no, row.month)
        total = found.get(key)
        if total is None:
            total = found[key] = Total(
                row.site_id,
                row.site_name,
                row.unit_name,
                row.line_kind,
                row.contract_no,
                row.provider,
                row.month,
                month_name(row.month, lang),
            )
        total.count += 1
        total.seconds += row.seconds
        total.open_seconds += row.open_seconds
        total.claimed_seconds += row.seconds if row.claimed else 0.0
    return sorted(found.values(), key=lambda total: (-total.open_seconds, -total.seconds, total.site_name))


CSV_HEAD = (
    N_("Xã"),
    N_("Địa điểm"),
    N_("Đường truyền"),
    N_("Nhà mạng"),
    N_("Số hợp đồng"),
    N_("Bắt đầu"),
    N_("Kết thúc"),
    N_("Gián đoạn (phút)"),
    N_("Trong giờ làm việc (phút)"),
    N_("Tình trạng"),
    N_("Nguyên nhân"),
    N_("Căn cứ"),
    N_("Tính cho nhà mạng"),
    N_("Lý do không tính"),
    N_("Dữ liệu mẫu"),
)


def csv_row(row: Row, lang: str) -> list[object]:
    """One row of the CSV file, in the order of CSV_HEAD."""
    return [
        row.unit_name,
        row.site_name,
        words.word(words.LINE_KINDS, row.line_kind, lang) if row.line_kind else None,
        row.provider,
        row.contract_no,
        format.moment(row.from_at, lang),
        format.moment(row.to_at, lang) if row.to_at else None,
        round(row.seconds / 60),
        round(row.open_seconds / 60),
        words.word(words.SITE_STATES, row.state, lang),
        words.word(words.CAUSES, row.cause, lang),
        "; ".join(row.proof),
        "x" if row.claimed else "",
        row.reason,
        "x" if row.sample else "",
    ]
