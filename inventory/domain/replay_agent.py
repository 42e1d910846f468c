"""One agent of a replay: its contacts as intervals, its boots, its journal in true time. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field, replace
from datetime import datetime
from statistics import median
from typing import Any

from inventory.domain.contact import Interval
from inventory.domain.journal_place import Placed, Told, place
from inventory.domain.journal_place import Run as BootRun
from inventory.domain.replay_trace import clock
from inventory.domain.site_facts import BootFact, ContactFact, JournalFact

LATE_S = 120.0
"""A report that comes so much later after it was made than the quickest of its boot was waiting somewhere."""
_DRIFT = 1e-4
_FIRST_SAMPLES, _SAMPLES = 4, 15
_LONGEST_HEARTBEAT = 3600.0
_BOOTS_LOOKED_AT = 40


@dataclass(slots=True)
class Span:
    """A growing ContactFact: the same fields."""

    agent_id: str
    boot_id: str
    from_at: datetime
    to_at: datetime
    late: bool = False
    goodbye: bool = False


@dataclass(slots=True)
class Boot:
    id: str
    zero: float  # true time of second 0, s since 1970: the earliest that any contact allows
    at_s: float  # monotonic seconds of the contact that told it
    shutdown: str
    heard_to: datetime
    offset_s: float | None  # the PC's clock minus true time


@dataclass(slots=True)
class _Entry:
    told: Told
    raw: dict[str, Any]


@dataclass(slots=True)
class Agent:
    id: str
    heartbeat_s: float  # as learnt, or a guess
    knows_heartbeat: bool = False
    moves: list[tuple[datetime, str]] = field(default_factory=list)  # (from, site), ascending
    spans: dict[str, list[Span]] = field(default_factory=dict)  # by site, ascending
    late: dict[str, list[Span]] = field(default_factory=dict)
    boots: dict[str, Boot] = field(default_factory=dict)  # in the order in which they were first heard
    journal: dict[str, list[JournalFact]] = field(default_factory=dict)  # by site, ascending by from_at
    last: Span | None = None
    boot: Boot | None = None
    received: datetime | None = None  # newest receipt
    seq: int = 0
    clock_s: float | None = None
    journals: bool = False
    steps: list[float] = field(default_factory=list)
    entries: dict[str, dict[float, _Entry]] = field(default_factory=dict)  # by boot and monotonic begin

    def site_at(self, moment: datetime) -> str | None:
        """Where it was; before its first move, where it was first."""
        if self.moves and moment >= self.moves[-1][0]:
            return self.moves[-1][1]
        at = bisect_right(self.moves, moment, key=lambda move: move[0]) - 1
        return self.moves[max(at, 0)][1] if self.moves else None

    def move(self, since: datetime, site: str) -> None:
        """It is at `site` from `since` on. Learnt late, what was heard since belongs there."""
        self.moves.append((since, site))
        self.moves.sort(key=lambda move: move[0])
        if self.received is None or since > self.received:
            return
        for kept in (self.spans, self.late):
            spans = sorted((span for own in kept.values() for span in own), key=lambda span: span.from_at)
            kept.clear()
            for span in spans:
                for part in _split(span, since):
                    kept.setdefault(self.site_at(part.from_at) or site, []).append(part)
                    self.last = part if span is self.last else self.last
        facts = sorted((fact for own in self.journal.values() for fact in own), key=lambda fact: fact.from_at)
        self.journal.clear()
        for fact in facts:
            self.journal.setdefault(self.site_at(fact.from_at) or site, []).append(fact)

    def stays(self, site: str) -> list[tuple[datetime, datetime | None]]:
        """When it was expected at a site."""
        found: list[tuple[datetime, datetime | None]] = []
        for at, (begin, where) in enumerate(self.moves):
            end = self.moves[at + 1][0] if at + 1 < len(self.moves) else None
            if where == site:
                found.append((begin, end))
        return found

    def hear(self, line: dict[str, Any]) -> tuple[str | None, bool]:
        """Takes one contact. Returns (site, whether it began a new interval or brought news)."""
        received: datetime = line["received"]
        site = self.site_at(received)
        news = self._note_journal(line) if line.get("journal") else False
        boot = self.boots.get(line["boot"])
        zero = received.timestamp() - line["monotonic_s"]
        if boot is None:
            boot = self._new_boot(line, received, zero)
        late = self._is_late(boot, line, zero)
        if not late:
            self._date(boot, line, received, zero)
        if news:
            self._place()
        if site is None:
            return None, news
        if late:
            self._ran(site, boot, line)
            return site, news
        begun = self._extend(site, boot, received, bool(line.get("goodbye")), news)
        return site, begun or news

    def _new_boot(self, line: dict[str, Any], received: datetime, zero: float) -> Boot:
        shutdown = str(line.get("last_shutdown") or "unknown")
        boot = Boot(line["boot"], zero, line["monotonic_s"], shutdown, received, None)
        self.boots[boot.id] = boot
        return boot

    def _is_late(self, boot: Boot, line: dict[str, Any], zero: float) -> bool:
        if self.boot is not None and boot is not self.boot:
            # An older boot's report that comes after a newer boot has begun.
            seq, at_s = int(line.get("seq") or 0), clock(line.get("agent_time"))
            older = at_s is None or self.clock_s is None or at_s < self.clock_s
            if (boot.zero < self.boot.zero and boot.offset_s is not None) or (0 < seq < self.seq and older):
                return True
        drift = abs(line["monotonic_s"] - boot.at_s) * _DRIFT
        return boot.offset_s is not None and zero - boot.zero > LATE_S + drift

    def _date(self, boot: Boot, line: dict[str, Any], received: datetime, zero: float) -> None:
        drift = max(0.0, line["monotonic_s"] - boot.at_s) * _DRIFT
        if zero <= boot.zero + drift or boot.offset_s is None:
            boot.zero, boot.at_s = zero, line["monotonic_s"]
        agent_s = clock(line.get("agent_time"))
        if agent_s is not None:
            boot.offset_s = agent_s - (boot.zero + line["monotonic_s"])
        elif boot.offset_s is None:
            boot.offset_s = 0.0
        boot.heard_to = max(boot.heard_to, received)
        self.boot, self.seq, self.clock_s = boot, int(line.get("seq") or 0), agent_s
        self.received = received if self.received is None else max(self.received, received)

    def _extend(self, site: str, boot: Boot, received: datetime, goodbye: bool, news: bool) -> bool:
        last = self.last
        spans = self.spans.setdefault(site, [])
        if last is not None and last.boot_id == boot.id and spans and spans[-1] is last:
            step = (received - last.to_at).total_seconds()
            if step <= 0:
                last.goodbye = last.goodbye or goodbye
                return False
            if not last.goodbye and not news:
                self._learn(step)
                if step <= self._pause():
                    last.to_at, last.goodbye = received, goodbye
                    return False
        self.last = Span(self.id, boot.id, received, received, False, goodbye)
        spans.append(self.last)
        if len(spans) > 1 and spans[-2].from_at > received:  # reordered
            spans.sort(key=lambda span: span.from_at)
        return True

    def _pause(self) -> float:
        """Seconds between two reports that are still one interval."""
        return self.heartbeat_s * 1.35 + 30

    def _learn(self, step: float) -> None:
        """The heartbeat by habit: the median of the last steps, in which cuts and naps are rare."""
        if step <= _LONGEST_HEARTBEAT:
            self.steps.append(step)
        if len(self.steps) < (_SAMPLES if self.knows_heartbeat else _FIRST_SAMPLES):
            return
        found = max(median(self.steps), 5.0)
        self.steps.clear()
        self.knows_heartbeat = True
        if abs(found - self.heartbeat_s) > 0.1 * self.heartbeat_s:
            self.heartbeat_s = found
            self._restitch()
        self.heartbeat_s = found

    def _restitch(self) -> None:
        """Intervals that were cut for a pause which is usual for this agent."""
        for site, spans in self.spans.items():
            whole: list[Span] = []
            for span in spans:
                last = whole[-1] if whole else None
                if (
                    last is not None
                    and last.boot_id == span.boot_id
                    and not last.goodbye
                    and (span.from_at - last.to_at).total_seconds() <= self._pause()
                    and not self._was_in_trouble(site, last.to_at, span.from_at)
                ):
                    last.to_at, last.goodbye = span.to_at, span.goodbye
                    self.last = last if self.last is span else self.last
                else:
                    whole.append(span)
            self.spans[site] = whole

    def _was_in_trouble(self, site: str, from_at: datetime, to_at: datetime) -> bool:
        return any(fact.from_at < to_at and fact.to_at > from_at for fact in self.journal.get(site, ()))

    def _ran(self, site: str, boot: Boot, line: dict[str, Any]) -> None:
        """A report that was made earlier: the PC ran then."""
        if boot.offset_s is None:
            return
        made = datetime.fromtimestamp(boot.zero + line["monotonic_s"], line["received"].tzinfo)
        if made >= line["received"]:
            return
        spans = self.late.setdefault(self.site_at(made) or site, [])
        span = Span(self.id, boot.id, made, made, True, bool(line.get("goodbye")))
        spans.insert(bisect_right(spans, made, key=lambda one: one.from_at), span)

    def _note_journal(self, line: dict[str, Any]) -> bool:
        """Keeps the entries; True when one is new or longer than it was."""
        news = False
        for raw in line["journal"]:
            begin, end = raw["from_monotonic_s"], raw["to_monotonic_s"]
            own = self.entries.setdefault(str(raw.get("boot") or line["boot"]), {})
            known = own.get(begin)
            if end < begin or (known is not None and known.told.to_monotonic_s >= end):
                continue
            agent_to_s = clock(raw.get("to")) or 0.0
            own[begin] = _Entry(Told(begin, end, agent_to_s, line["received"]), raw)
            news = True
        self.journals = self.journals or news
        return news

    def _place(self) -> None:
        """All recent entries into true time, by what is known now."""
        recent = list(self.boots.values())[-_BOOTS_LOOKED_AT:]
        runs: list[BootRun] = []
        after: datetime | None = None
        for boot in recent:
            if boot.offset_s is not None:
                zero_at = datetime.fromtimestamp(boot.zero, boot.heard_to.tzinfo)
                runs.append(BootRun(boot.id, zero_at, boot.heard_to, boot.offset_s, after))
                after = boot.heard_to
        names = {boot.id for boot in recent}
        told = {
            boot_id: [entry.told for entry in entries.values()]
            for boot_id, entries in list(self.entries.items())[-_BOOTS_LOOKED_AT:]
            if boot_id in names or boot_id not in self.boots
        }
        taken: dict[str, list[Interval]] = {}
        for facts in self.journal.values():
            facts[:] = [fact for fact in facts if fact.boot_id not in told]
        for boot_id, placed in place(told, runs, taken).items():
            for entry, where in zip(self.entries[boot_id].values(), placed, strict=True):
                self._keep(boot_id, entry.raw, where)

    def _keep(self, boot_id: str, raw: dict[str, Any], where: Placed) -> None:
        from_at, to_at = where.from_at, where.to_at
        site = self.site_at(from_at)
        if site is None:
            return
        fact = JournalFact(
            self.id,
            boot_id,
            from_at,
            to_at,
            raw.get("gateway"),
            raw.get("internet"),
            raw.get("collector"),
            sure=where.how != "receipt",
        )
        own = self.journal.setdefault(site, [])
        own.insert(bisect_left(own, from_at, key=lambda one: one.from_at), fact)

    def boot_facts(self) -> list[BootFact]:
        """How each boot found the one before it, and when it began."""
        return [
            BootFact(
                self.id,
                boot.id,
                boot.shutdown if boot.shutdown in ("clean", "unclean") else "",
                datetime.fromtimestamp(boot.zero, boot.heard_to.tzinfo) if boot.offset_s is not None else None,
            )
            for boot in self.boots.values()
        ]

    def contacts(self, site: str, since: datetime | None) -> list[ContactFact]:
        """Contacts at a site from `since` on, with the last one before."""
        found: list[Any] = []
        for spans in (self.spans.get(site, ()), self.late.get(site, ())):
            at = 0 if since is None else max(0, bisect_left(spans, since, key=lambda span: span.to_at) - 1)
            found += spans[at:]
        return found


def _split(span: Span, moment: datetime) -> list[Span]:
    """The span, in two where it goes over the moment."""
    if not span.from_at < moment < span.to_at:
        return [span]
    return [replace(span, to_at=moment, goodbye=False), replace(span, from_at=moment)]
