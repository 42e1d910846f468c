"""What a replay has learnt so far: offices, agents, when the collector was blind, which offices were lost together."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from inventory.domain.area_event import AreaEvent, Chance, Loss, Place, chances, find_events, losses_of
from inventory.domain.collector_silence import SHORTEST, After, Heard, silenced, was_the_collector
from inventory.domain.contact import Interval, gaps, merge
from inventory.domain.habit import learn_hours
from inventory.domain.hours import Calendar, OpeningHours, parse_cached
from inventory.domain.policy import Policy
from inventory.domain.problem import BadValue
from inventory.domain.replay_agent import Agent
from inventory.domain.site_alert import Alert
from inventory.domain.site_facts import AgentFact, SharedLoss, SiteFacts, Stretch
from inventory.domain.site_state import timeline

_SETTLED = timedelta(hours=30)
_LEARN_EVERY = timedelta(days=7)
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Office:
    id: str
    provider: str
    area: str
    hours: OpeningHours
    hours_given: bool
    agents: list[Agent] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    heard_at: datetime | None = None
    missed: int = 3
    timer: int = 0  # number of the timer that looks whether it fell silent; older ones are void
    suspected: bool = False
    dirty_at: datetime | None = None
    looks: int = 0
    anchor: datetime | None = None  # where a quick look may start
    losses: list[Loss] = field(default_factory=list)  # recent ones
    shared: list[SharedLoss] = field(default_factory=list)
    learnt_at: datetime | None = None

    @property
    def grace(self) -> timedelta:
        """Silence up to this long is not looked at."""
        slowest = max((agent.heartbeat_s for agent in self.agents), default=300.0)
        known = any(agent.knows_heartbeat for agent in self.agents)
        return timedelta(seconds=slowest * self.missed if known else 7200.0)


class World:
    """Grows line by line."""

    def __init__(self, policy: Policy, calendar: Calendar) -> None:
        self.policy, self.calendar = policy, calendar
        self.offices: dict[str, Office] = {}
        self.agents: dict[str, Agent] = {}
        self.now = _LONG_AGO
        self.began: datetime | None = None
        self.last_any: datetime | None = None
        self.blind: list[Interval] = []  # recorded ones
        self.guessed: list[tuple[datetime, datetime, list[Heard]]] = []  # all fell silent at once
        self._up: list[Interval] | None = None
        self._asked = (_LONG_AGO, _LONG_AGO, False)

    def add_site(self, line: dict[str, Any]) -> None:
        """A site, or what changed of it."""
        hours, given = self._hours(line)
        known = self.offices.get(line["id"])
        if known is None:
            provider, area = str(line.get("provider") or ""), str(line.get("area") or "")
            self.offices[line["id"]] = Office(
                line["id"], provider, area, hours, given, missed=self.policy.site_missed_heartbeats
            )
        else:
            known.provider = str(line.get("provider") or known.provider)
            known.area = str(line.get("area") or known.area)
            known.hours, known.hours_given = hours, given

    def _hours(self, line: dict[str, Any]) -> tuple[OpeningHours, bool]:
        if line.get("hours"):
            try:
                return OpeningHours.parse(line["hours"]), True
            except BadValue as error:
                raise BadValue(
                    "trace", "giờ làm việc của {site}: {error}", "sửa hours", site=line["id"], error=str(error)
                ) from None
        return parse_cached(self.policy.hours_default), False

    def add_agent(self, line: dict[str, Any]) -> None:
        """A PC comes to a site."""
        if line["site"] not in self.offices:
            self.add_site({"id": line["site"]})
        agent = self.agents.get(line["id"])
        if agent is None:
            known = [one.heartbeat_s for one in self.agents.values() if one.knows_heartbeat]
            agent = Agent(line["id"], median(known) if known else float(self.policy.heartbeat_s), bool(known))
            self.agents[agent.id] = agent
        since: datetime = line.get("from") or self.now  # not told: as soon as anybody is heard
        agent.move(since, line["site"])
        office = self.offices[line["site"]]
        if agent not in office.agents:
            office.agents.append(agent)
        if since > _LONG_AGO:
            self.began = since if self.began is None else min(self.began, since)

    def agent_of(self, line: dict[str, Any]) -> Agent:
        """Raises BadValue for an agent that no line has introduced."""
        agent = self.agents.get(line["agent"])
        if agent is None:
            raise BadValue("trace", "máy {agent} chưa được giới thiệu", "thêm dòng kind agent", agent=line["agent"])
        return agent

    def touched(self, agent: Agent, site: str, line: dict[str, Any]) -> list[Office]:
        """Offices whose past this contact may change."""
        sites = {site}
        if line.get("journal"):
            sites.update(agent.journal)
        return [self.offices[one] for one in sorted(sites)]

    # --- the collector's own silence

    def heard_anybody(self, received: datetime) -> None:
        """Notes a receipt; a pause of everybody before it is the collector's."""
        last = self.last_any
        if last is None:
            self.last_any = received
            self.began = received if self.began is None else min(self.began, received)
            return
        if received - last >= SHORTEST:
            lost = silenced(self._everybody(), last, received)
            if lost and not any(start <= received and last <= end for start, end in self.blind):
                self.guessed.append((last, received, lost))
                self._up = None
        if received > last:
            self.last_any = received

    def may_be_blind(self, now: datetime) -> bool:
        """Whether everybody has fallen silent at once, as far as can be seen now."""
        last = self.last_any
        if last is None or now - last < SHORTEST:
            return False
        asked_last, asked_at, answer = self._asked
        if asked_last == last and (answer or now - asked_at < timedelta(seconds=60)):
            return answer
        answer = bool(silenced(self._everybody(), last, now))
        self._asked = (last, now, answer)
        return answer

    def collector_was_down(self, from_at: datetime, to_at: datetime) -> None:
        """As the collector noted it itself."""
        self.blind = merge([*self.blind, (from_at, to_at)])
        self._up = None

    def _everybody(self) -> list[Heard]:
        found: list[Heard] = []
        for agent in self.agents.values():
            last = agent.last
            if last is not None:
                site = agent.site_at(last.to_at) or ""
                found.append(Heard(agent.id, site, last.boot_id, last.to_at, agent.heartbeat_s, last.goodbye))
        return found

    def check_guesses(self, now: datetime) -> None:
        """Takes back pauses that were not the collector's, by what came after them."""
        kept = [guess for guess in self.guessed if now - guess[1] < timedelta(seconds=1500) or self._holds(guess)]
        if len(kept) != len(self.guessed):
            self.guessed, self._up = kept, None

    def _holds(self, guess: tuple[datetime, datetime, list[Heard]]) -> bool:
        from_at, to_at, lost = guess
        return was_the_collector([self._after(one, from_at, to_at) for one in lost])

    def _after(self, one: Heard, from_at: datetime, to_at: datetime) -> After:
        agent = self.agents[one.agent]
        spans = agent.spans.get(one.site, [])
        at = bisect_left(spans, from_at + timedelta(seconds=1), key=lambda span: span.from_at)
        following = spans[at] if at < len(spans) else None
        soon = following is not None and following.from_at - to_at < timedelta(seconds=1500)
        back = soon and following is not None and following.boot_id == one.boot
        hard = False
        if soon and following is not None and not back:
            hard = agent.boots[following.boot_id].shutdown == "unclean"
        internet: bool | None = None
        for fact in agent.journal.get(one.site, ()):
            if fact.from_at < to_at and fact.to_at > from_at and fact.internet is not None:
                internet = fact.internet
        return After(one.site, bool(back), internet, hard)

    def collector_up(self) -> list[Interval]:
        """When the collector listened."""
        if self._up is None:
            began = self.began or self.now
            away = merge([*self.blind, *((start, end) for start, end, _ in self.guessed)])
            self._up = gaps(away, began, datetime(9000, 1, 1, tzinfo=UTC))
        return self._up

    # --- sites

    def facts(self, office: Office, since: datetime | None, shared: list[SharedLoss]) -> SiteFacts:
        """Everything learnt about an office, from `since` on (None: from the beginning)."""
        began = self.began or self.now
        contacts: list[Any] = []
        journal: list[Any] = []
        agents: list[AgentFact] = []
        boots: list[Any] = []
        for agent in office.agents:
            contacts += agent.contacts(office.id, since)
            own = agent.journal.get(office.id, ())
            journal += own if since is None else [fact for fact in own if fact.to_at > since]
            boots += agent.boot_facts()
            for start, end in agent.stays(office.id):
                agents.append(AgentFact(agent.id, agent.heartbeat_s, start, end, agent.journals))
        return SiteFacts(
            from_at=since or began,
            hours=office.hours,
            agents=agents,
            contacts=contacts,
            boots=boots,
            journal=journal,
            shared=shared,
            collector_up=self.collector_up(),
            collector_since=began - timedelta(seconds=1),
        )

    def timeline_of(self, office: Office, now: datetime) -> list[Stretch]:
        """The recent timeline of an office, as believed now."""
        self._learn_hours(office, now)
        self.check_guesses(now)
        news = min((f.from_at for a in office.agents for f in a.journal.get(office.id, ())[-3:]), default=now)
        since = office.anchor
        if since is not None and office.dirty_at is not None and news < since:
            since = news - timedelta(hours=12)
        facts = self.facts(office, since, office.shared)
        stretches = timeline(facts, self.policy, self.calendar, now)
        settled = [s.from_at for s in stretches if s.state == "UP" and s.from_at <= now - _SETTLED]
        if settled and (office.anchor is None or settled[-1] > office.anchor):
            office.anchor = settled[-1]
        return stretches

    def _learn_hours(self, office: Office, now: datetime) -> None:
        if office.hours_given or (office.learnt_at is not None and now - office.learnt_at < _LEARN_EVERY):
            return
        office.learnt_at = now
        learnt = self.learn(office, now)
        if learnt is not None:
            office.hours = learnt

    def learn(self, office: Office, now: datetime) -> OpeningHours | None:
        """Hours by habit."""
        heard = merge((s.from_at, s.to_at) for agent in office.agents for s in agent.spans.get(office.id, ()))
        began = heard[0][0] if heard else now
        return learn_hours(heard, self.calendar, max(began, now - timedelta(days=60)), now)

    # --- groups

    def group(self, office: Office, stretches: list[Stretch], now: datetime) -> list[Office]:
        """Offices of which something new is known because they were lost together with this one."""
        recent = now - timedelta(days=2)
        office.losses = [loss for loss in losses_of(office.id, stretches) if loss.at >= recent]
        if not office.losses:
            return []
        window = office.grace / 2
        latest = office.losses[-1]
        near = [loss for other in self.offices.values() for loss in other.losses if abs(loss.at - latest.at) <= window]
        if len({loss.site for loss in near}) < 2:
            return []
        events = find_events(near, self.places(), self.was_heard, self.chance(), window)
        return self._tell_members([event for event in events if office.id in event.sites], window)

    def places(self) -> dict[str, Place]:
        """Provider and area of every office."""
        return {site: Place(office.provider, office.area) for site, office in self.offices.items()}

    def chance(self) -> Chance:
        """How often offices are lost of their own, by a cautious start: a replay has seen too little in its first days."""
        return chances([], 0.0, timedelta(minutes=7))

    def was_heard(self, site: str, moment: datetime) -> bool:
        """Whether somebody of the office was heard around a moment."""
        office = self.offices[site]
        for agent in office.agents:
            spans = agent.spans.get(site, ())
            at = bisect_left(spans, moment, key=lambda span: span.to_at)
            slack = timedelta(seconds=agent.heartbeat_s)
            if at < len(spans) and spans[at].from_at <= moment + slack:
                return True
            if at and moment - spans[at - 1].to_at <= slack:
                return True
        return False

    def _tell_members(self, events: list[AreaEvent], window: timedelta) -> list[Office]:
        changed: list[Office] = []
        for event in events:
            told = event.shared(window)
            for site in event.sites:
                member = self.offices[site]
                same = [one for one in member.shared if abs(one.from_at - told.from_at) <= window]
                if same and same[-1].cause == told.cause:
                    continue
                member.shared = [*[one for one in member.shared if one not in same][-20:], told]
                changed.append(member)
        return changed
