"""How an agent's contacts reach the collector: heartbeats, loss, back-off with full jitter, goodbyes, late delivery."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from tests.replay.agents import Agent, Awake, Entry

MOST_BACKOFF_S = 900.0
MOST_ENTRIES = 60


class _Rows:
    """Columns under construction."""

    def __init__(self) -> None:
        self.made: list[np.ndarray] = []
        self.received: list[np.ndarray] = []
        self.boot: list[np.ndarray] = []
        self.goodbye: list[np.ndarray] = []
        self.current: list[np.ndarray] = []  # False: a report from the spool

    def add(self, made: np.ndarray, received: np.ndarray, boot: int, goodbye: bool = False, current: bool = True):
        count = len(made)
        self.made.append(made)
        self.received.append(received)
        self.boot.append(np.full(count, boot, np.int32))
        self.goodbye.append(np.full(count, goodbye, bool))
        self.current.append(np.full(count, current, bool))


def send(agent: Agent, end: float) -> None:
    """Fill the contact columns and `journals` of the agent's story."""
    rows = _Rows()
    owed: list[tuple[float, int]] = []  # goodbyes in the spool: (made, boot)
    backlog: list[tuple[float, int]] = []  # heartbeats in the spool
    since = math.inf
    for number, awake in enumerate(agent.story.awake):
        fresh = number == 0 or agent.story.awake[number - 1].boot != awake.boot
        since = _awake(agent, awake, rows, (owed, backlog), (since, fresh))
    if not rows.made:
        return
    _columns(agent, rows, end)


def _awake(agent: Agent, awake: Awake, rows: _Rows, spool: tuple[list, list], state: tuple[float, bool]) -> float:
    """Contacts of one awake interval. `state`: (since when sends fail, first of its boot) -> since when sends fail."""
    rng, beat = agent.rng, agent.options.heartbeat_s
    owed, backlog = spool
    since, fresh = state
    if agent.story.boots[awake.boot].era != (agent.story.boots[awake.boot - 1].era if awake.boot else 0):
        owed.clear()
        backlog.clear()
    at = awake.start + (rng.uniform(8, 75) if fresh else rng.uniform(2, 45))
    bad = agent.wrong(awake)
    for begin, end, _ in [*bad, (awake.end, awake.end, 0)]:
        if at < begin:
            if since < math.inf and begin - at > 30:
                _flush(agent, rows, at, awake, spool)
                since = math.inf
            at = _beats(agent, rows, at, begin, awake.boot)
        if end > begin:
            since = min(since, max(begin, awake.start))
            if agent.spools:
                backlog.extend((time, awake.boot) for time in np.arange(max(at, begin), end, max(beat, 60.0)))
            last = end - max(begin, awake.start)
            at = max(at, end + rng.uniform(1, min(MOST_BACKOFF_S, max(30.0, last * 1.5))))
    if (
        awake.how == "goodbye"
        or (awake.how == "reboot" and rng.random() < 0.5)
        or (awake.how == "sleep" and agent.waves)
    ):
        made = awake.end - rng.uniform(0.3, 3)
        if bad and bad[-1][1] >= awake.end:
            owed.append((made, awake.boot))
        else:
            rows.add(np.array([made]), np.array([made + rng.uniform(0.02, 0.4)]), awake.boot, goodbye=True)
    elif awake.how == "lost" and rng.random() < 0.3:
        owed.append((awake.end - rng.uniform(0.3, 3), awake.boot))
        since = min(since, awake.end)
    return since


def _beats(agent: Agent, rows: _Rows, at: float, stop: float, boot: int) -> float:
    """Heartbeats from `at` to `stop` -> when the next one is due."""
    beat = agent.options.heartbeat_s
    count = int((stop - at) / beat) + 3
    times = at + np.concatenate(([0.0], np.cumsum(beat * agent.np.uniform(0.95, 1.05, count))))
    due = times[np.searchsorted(times, stop)] if times[-1] >= stop else times[-1]
    times = times[times < stop - 1.5]
    delay = agent.np.uniform(0.05, 0.8, len(times)) + (agent.np.random(len(times)) < 0.01) * agent.np.uniform(2, 40)
    rows.add(times, times + delay, boot)
    return float(due)


def _flush(agent: Agent, rows: _Rows, at: float, awake: Awake, spool: tuple[list, list]) -> None:
    """After contact returns: owed goodbyes and the newest of the backlog, some seconds after the current state."""
    owed, backlog = spool
    later = at
    for made, boot in owed:
        later += agent.rng.uniform(1, 6)
        rows.add(np.array([made]), np.array([later]), boot, goodbye=True, current=False)
    for made, boot in reversed(backlog[-8:]):
        later += agent.rng.uniform(1, 10)
        rows.add(np.array([made]), np.array([later]), boot, current=False)
    owed.clear()
    backlog.clear()


def _columns(agent: Agent, rows: _Rows, end: float) -> None:
    story = agent.story
    made, received = np.concatenate(rows.made), np.concatenate(rows.received)
    boot, goodbye, current = (np.concatenate(part) for part in (rows.boot, rows.goodbye, rows.current))
    order = np.argsort(made, kind="stable")
    made, received, boot, goodbye, current = (part[order] for part in (made, received, boot, goodbye, current))
    eras = np.array([each.era for each in story.boots])[boot]
    _, first = np.unique(eras, return_index=True)
    seq = np.arange(1, len(made) + 1, dtype=np.int64)
    for start in first:
        seq[start:] = np.arange(1, len(made) - start + 1)
    arrived = (agent.np.random(len(made)) >= 0.004) & (received < end)
    story.made, story.received, story.boot = made[arrived], received[arrived], boot[arrived]
    story.seq, story.goodbye, current = seq[arrived], goodbye[arrived], current[arrived]
    _prove_up(agent, current)
    _attach(agent, current, eras[arrived])


def _prove_up(agent: Agent, current: np.ndarray) -> None:
    """Some agents also journal the good minutes before contact is back."""
    if not agent.proves_up or not agent.story.entries:
        return
    story = agent.story
    from tests.replay.agents import Entry

    rows = np.flatnonzero(current)
    made = story.made[rows]
    stops = {awake.boot: awake.end for awake in story.awake}
    extra: list[Entry] = []
    for entry, after in zip(story.entries, [*story.entries[1:], None], strict=True):
        at = int(np.searchsorted(made, entry.end))
        limit = min(made[at] if at < len(made) else math.inf, stops[entry.boot])
        if after and after.start < limit:
            continue
        if 60 < limit - entry.end < 1800 and not _between(agent, entry.end, limit, entry.site):
            extra.append(Entry(entry.boot, entry.end, float(limit), agent.flags(0), 0, entry.site))
    story.entries = sorted([*story.entries, *extra], key=lambda entry: entry.start)


def _between(agent: Agent, start: float, stop: float, site: str) -> bool:
    """Whether anything was wrong, or the PC not awake, between two moments."""
    if any(row[1] > start and row[0] < stop for row in agent.pieces[site]):
        return True
    if any(b > start and a < stop for a, b in agent.cables):
        return True
    return not any(awake.start <= start and awake.end >= stop for awake in agent.story.awake)


def _attach(agent: Agent, current: np.ndarray, eras: np.ndarray) -> None:
    """Hang every entry on the contact that delivers it."""
    story, rng = agent.story, agent.rng
    rows = np.flatnonzero(current & ~story.goodbye)
    made = story.made[rows]
    habit = rng.choice(("first", "first", "first", "second", "late"))
    late_until = -math.inf
    for entry in story.entries:
        wait = rng.uniform(600, 30000) if habit == "late" and rng.random() < 0.4 else 0.0
        late_until = max(late_until, entry.end + wait) if wait else late_until
        at = int(np.searchsorted(made, max(entry.end, late_until if wait else -math.inf)))
        if habit == "second" and at + 1 < len(rows) and made[at + 1] - made[at] < 1800:
            at += 1
        while at < len(rows) and len(story.journals.get(int(rows[at]), ())) >= MOST_ENTRIES:
            at += 1
        if at >= len(rows) or eras[rows[at]] != story.boots[entry.boot].era:
            continue
        entry.delivered = True
        story.journals.setdefault(int(rows[at]), []).append(entry)
        if rng.random() < 0.08:
            again = min(len(rows) - 1, at + rng.choice((1, 1, 2, 30)))
            if again > at and eras[rows[again]] == eras[rows[at]]:
                story.journals.setdefault(int(rows[again]), []).append(entry)
