"""LAN scanning as the resident process sees it: whether this PC may, when, and what came of it. Nothing is sent from
here: a scan runs in a child process (agent/scan/child.py) that the loop looks after between its reports.

Something active is sent only with a lease of the collector (in memory, a restart forgets it), a policy that allows it
and no word of the people at the PC against it. What was done stands on the disk before it is done.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Optional, Protocol, Set, Tuple

from . import backoff
from .errors import StateError
from .identity import State
from .log import logger
from .process import Background, CommandResult, child_env, own_command
from .scan import schedule
from .scan import state as memory
from .scan.records import ScanLog, answer_of, describe, local_time, record_of
from .scan.schedule import Moment
from .scan.state import DEVICES_FILE, FILE, OFF_FILE, ScanState
from .wire import codec
from .wire.errors import WireError
from .wire.exchange import AgentPolicy

POLL_S = 5.0  # while a child runs
SETTLE_S = 900.0  # so long after the start the collector's silence means "no lease"
QUIET_S = (120.0, 600.0)  # a PC that has just been switched on has other things to do
LISTEN_S = 35.0  # before a sweep: switches announce themselves every 30 seconds
LARGEST_LEASE_S = 86400.0
_DEADLINES_S = {"sweep": 900.0, "recheck": 180.0, "devices": 1800.0}
_GRACE_S = 20.0  # the child ends by itself; this much later it is ended
_LEASE_NOTE_S = 900.0  # how far the lease noted for people may be off
_STOPS = {"no_lease": "lease_over", "local_switch": "switched_off", "policy": "switched_off"}


class Child(Protocol):
    def tell(self, line: str) -> None: ...

    def poll(self) -> Optional[CommandResult]: ...

    def kill(self) -> None: ...


class Clock(Protocol):
    def now(self) -> float: ...

    def monotonic_s(self) -> float: ...

    def boot_id(self) -> str: ...


StartChild = Callable[[str, float], Child]  # question, deadline in seconds


@dataclass(frozen=True)
class ScanSettings:
    """What this PC's settings and system say about scanning."""

    enabled: bool = True
    devices: bool = True
    communities: Tuple[str, ...] = ()
    root: str = "/"
    platform: str = "linux"
    listen_s: float = LISTEN_S


def start_child(question: str, deadline_s: float) -> Child:
    """The real one. Raises OSError or ValueError when it does not start."""
    return Background(own_command("agent.scan.child", "scan-child"), question, deadline_s, child_env())


@dataclass
class _Running:
    child: Child
    kind: str
    began: Moment
    reserved: int


class Scanning:
    def __init__(
        self,
        state: State,
        clock: Clock,
        random: backoff.Random,
        settings: ScanSettings,
        start: StartChild = start_child,
    ) -> None:
        self._state = state
        self._clock = clock
        self._random = random
        self._settings = settings
        self._start_child = start
        self._log = ScanLog(state)
        self._kept: ScanState = memory.read(state.kept(FILE))
        self._running: Optional[_Running] = None
        self._news: Set[str] = set()
        self._devices_due = False
        self._trouble = ""  # why the last attempt came to nothing: no_network, unsupported, policy
        self._settled = False
        begin = clock.monotonic_s()
        self._began_s = begin
        self._quiet_until_s = begin + QUIET_S[0] + (QUIET_S[1] - QUIET_S[0]) * random()

    # --- what the loop calls

    def turn(self, policy: AgentPolicy, lease_left_s: Optional[float]) -> None:
        """One look: ends, starts or goes on waiting. `lease_left_s`: None while the collector has not said anything."""
        now = self._now()
        # At once after a boot, while the clock still says how long the PC was off: it may be set to anything later.
        self._kept = dataclasses.replace(self._kept, ledger=schedule.translated(self._kept.ledger, now))
        lease = min(max(lease_left_s or 0.0, 0.0), LARGEST_LEASE_S)
        off = self._off(policy, lease)
        if self._running is not None:
            self._look_after(self._running, off, lease, now)
            return
        if lease_left_s is not None or now.mono_s - self._began_s >= SETTLE_S:
            self._note(off or self._trouble, lease, now)
        if off or now.mono_s < self._quiet_until_s:
            return
        if self._devices_due:
            self._devices_due = False
            self._ask_devices(policy, lease, now)
            return
        self._scan_if_due(policy, lease, now)

    def wait_s(self) -> float:
        """When to look again at the latest."""
        return POLL_S if self._running is not None else 60.0

    def take_news(self) -> Set[str]:
        """The sections that have changed since the last call."""
        news, self._news = self._news, set()
        return news

    def is_settled(self) -> bool:
        """Whether it is known if this PC scans; until then the sections would only say so for a minute."""
        return self._settled

    def stop(self) -> None:
        """The agent ends: the child with it, at once."""
        if self._running is not None:
            self._running.child.kill()
            self._running = None

    # --- may we

    def _off(self, policy: AgentPolicy, lease_s: float) -> str:
        if not self._settings.enabled or self._state.has(OFF_FILE):
            return "local_switch"
        if not policy.scan_enabled or "lan" in policy.disabled_probes or schedule.sweeps_per_day(policy) == 0:
            return "policy"
        return "" if lease_s > 0 else "no_lease"

    def _note(self, off: str, lease_s: float, now: Moment) -> None:
        """For reports and for people: why this PC does not scan, until when it may."""
        until = now.wall_s + lease_s if lease_s else 0.0
        changed = off != self._kept.off or not self._settled  # once after each start, for reports and for `scan status`
        self._settled = True
        if not changed and abs(until - self._kept.lease_until_s) < _LEASE_NOTE_S:
            return
        if changed:
            self._news.add("lan")
        self._keep(dataclasses.replace(self._kept, off=off, lease_until_s=round(until, 0)))

    # --- scans

    def _scan_if_due(self, policy: AgentPolicy, lease_s: float, now: Moment) -> None:
        numbers = tuple(self._random() for _ in range(schedule.MAX_SWEEPS))
        ledger = schedule.drawn(self._kept.ledger, now, policy, numbers)
        if ledger != self._kept.ledger:
            self._keep(dataclasses.replace(self._kept, ledger=ledger))
        known = memory.known_hosts(self._kept, self._kept.network, now.wall_s)
        kind = schedule.due(ledger, now, policy, bool(known))
        if not kind:
            return
        used = 0 if schedule.is_new_day(ledger, now, policy) else ledger.frames
        left = schedule.DAILY_FRAMES - used
        reserved = left if kind == "sweep" else min(left, 4 * len(known) + 64)
        claimed = schedule.started(ledger, now, policy, kind, reserved)
        if not self._keep(dataclasses.replace(self._kept, ledger=claimed)):
            return  # a scan that is not on record could be made again after a restart
        question = {
            "known": [host.address for host in known],
            "known_network": self._kept.network,
            "max_frames": reserved,
            "listen_s": self._settings.listen_s if kind == "sweep" else 0.0,
        }
        self._start(kind, question, policy, lease_s, now, reserved)

    def _ask_devices(self, policy: AgentPolicy, lease_s: float, now: Moment) -> None:
        if not self._settings.devices or "devices" in policy.disabled_probes:
            return
        if not (policy.snmp_communities or policy.snmp_users or self._settings.communities):
            return
        question = {"devices": memory.to_be_asked(self._kept), "communities": self._settings.communities}
        self._start("devices", question, policy, lease_s, now, 0)

    def _start(
        self, kind: str, question: Dict[str, Any], policy: AgentPolicy, lease_s: float, now: Moment, reserved: int
    ) -> None:
        deadline = _DEADLINES_S[kind]
        question.update(
            kind=kind, root=self._settings.root, platform=self._settings.platform, policy=codec.to_plain(policy),
            lease_s=lease_s, deadline_s=deadline, off_file=self._state.path(OFF_FILE),
        )  # fmt: skip
        try:
            child = self._start_child(json.dumps(question), deadline + _GRACE_S)
        except (OSError, ValueError) as error:
            logger.warning("không chạy được tiến trình quét mạng: %s", error)
            return
        self._running = _Running(child, kind, now, reserved)
        logger.debug("scan child started: %s", kind)

    def _look_after(self, running: _Running, off: str, lease_s: float, now: Moment) -> None:
        result = running.child.poll()
        if result is not None:
            self._running = None
            self._finish(running, result, now)
        elif off:
            running.child.tell("stop " + _STOPS[off])
        else:
            running.child.tell("lease {:.0f}".format(lease_s))

    # --- what came of it

    def _finish(self, running: _Running, result: CommandResult, now: Moment) -> None:
        answer = answer_of(result)
        try:
            for line in answer.get("log", ()):
                logger.debug("scan: %s", line)
            if running.kind == "devices":
                self._take_devices(answer, now)
            else:
                self._take_scan(running, answer, result, now)
        except (WireError, KeyError, TypeError, ValueError) as error:
            logger.warning("câu trả lời của tiến trình quét mạng không đúng dạng: %r", error)

    def _take_scan(self, running: _Running, answer: Dict[str, Any], result: CommandResult, now: Moment) -> None:
        ledger = self._kept.ledger
        self._trouble = str(answer.get("off", ""))
        if self._trouble:
            ledger = schedule.booked(ledger, running.kind, running.reserved, 0, began=False)
            self._keep(dataclasses.replace(self._kept, ledger=ledger))
            return
        record = record_of(running.kind, running.began.wall_s, answer, result.timed_out)
        # Of a child that said nothing it is not known what it sent: its reserve counts as used.
        sent = int(answer.get("frames", running.reserved))
        began = bool(answer.get("began", True))
        ledger = schedule.booked(ledger, running.kind, running.reserved, sent, began)
        if record.stopped == "gateway_lost" and began:
            ledger = schedule.resting(ledger, now)
        if answer:
            kept = memory.merge(self._kept, answer, record, now.wall_s)
        else:
            kept = dataclasses.replace(self._kept, scans=(*self._kept.scans, record)[-memory.MAX_SCANS :])
        self._keep(dataclasses.replace(kept, ledger=ledger))
        self._log.write(describe(record, now.wall_s))
        self._news.add("lan")
        self._devices_due = running.kind == "sweep" and not record.stopped

    def _take_devices(self, answer: Dict[str, Any], now: Moment) -> None:
        rows: List[Dict[str, Any]] = answer.get("devices", [])
        asked = int(answer.get("asked", 0))
        for trouble in answer.get("troubles", ()):
            logger.info("hỏi SNMP: %s", trouble)
        prints = {item.mac_hash: item for item in self._kept.credentials}
        for row in rows:
            digest = str(row["info"].get("mac_hash", ""))
            prints.pop(digest, None)
            prints[digest] = memory.Credential(digest, str(row["fingerprint"]))
        newest = tuple(prints.values())[-memory.MAX_CREDENTIALS :]
        self._keep(dataclasses.replace(self._kept, credentials=newest, devices_asked=asked))
        devices = memory.merge_devices(self._state.kept(DEVICES_FILE), rows, asked, now.wall_s)
        self._write(DEVICES_FILE, devices)
        self._log.write("{} hỏi SNMP {} địa chỉ, {} thiết bị trả lời".format(local_time(now.wall_s), asked, len(rows)))
        self._news.add("devices")

    # --- helpers

    def _now(self) -> Moment:
        return schedule.moment(self._clock.now(), self._clock.monotonic_s(), self._clock.boot_id())

    def _keep(self, kept: ScanState) -> bool:
        self._kept = kept
        return self._write(FILE, codec.to_plain(kept))

    def _write(self, name: str, plain: Any) -> bool:
        try:
            self._state.keep(name, plain)
        except StateError as error:
            logger.warning("%s", error)
            return False
        return True
