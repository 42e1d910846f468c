"""One look at the line, from near to far: link, gateway, provider, then government network, Internet, collector and
services side by side.

What is known without a packet is not asked: no link, no questions. What is far away and answers is asked again only every
FAR_S, or when something nearer has changed: a collector that is down must not be knocked at by a whole province every
minute, and a thin line is not to be filled with questions. Runs in a thread of the watch; its own threads are left behind
at the deadline, and a stage whose thread still hangs is not asked anew.
"""

from __future__ import annotations

import threading
import time
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Tuple
from urllib.parse import urlsplit

from . import power_state
from .host import Host
from .journal import Look
from .log import logger
from .probes import reach, reach_way
from .probes.reach_stages import Line, Trail, get, open_tcp
from .wire.exchange import AgentPolicy

FAR_S = 300.0
SERVICES_S = 1200.0
NEAR_DEADLINE_S = 16.0
FAR_DEADLINE_S = 10.0
_AT_ONCE = 3  # services, on a line that may be thin


class Door(NamedTuple):
    """One of the collector's addresses and the way to it."""

    server: str  # https://host[:port][/path]
    ca_file: str = ""
    proxy: str = ""


class Targets(NamedTuple):
    """How this PC gets out: the agent's settings."""

    doors: Tuple[Door, ...] = ()  # in the order in which they are tried
    proxy: str = ""  # for everything else


class _Answer(NamedTuple):
    value: Any
    at_s: float
    near: Tuple[Optional[bool], ...]


class Looker:
    """Remembers what was asked when. One look at a time."""

    def __init__(
        self, host: Host, targets: Targets, clock: Callable[[], float] = time.monotonic,
        patience: reach_way.Patience = reach_way.THOROUGH,
    ) -> None:  # fmt: skip
        self._host = host
        self._clock = clock
        self._patience = patience
        self._doors = [(door.server, Line(door.ca_file, door.proxy)) for door in targets.doors]
        self._public = Line("", targets.proxy)
        self._known: Dict[str, _Answer] = {}
        self._hanging: Dict[str, threading.Thread] = {}

    def __call__(self, policy: AgentPolicy) -> Look:
        power = power_state.read(self._host)
        link = reach_way.has_link(self._host)
        fields: Dict[str, Any] = {"on_battery": power.on_battery, "battery_percent": power.percent, "ups": power.ups}
        if link is False:
            self._known.clear()
            return Look(
                link=False, gateway=False, provider=False, collector=False,
                government=False if policy.government_check else None,
                internet=False if policy.internet_check_url else None, **fields,
            )  # fmt: skip
        way = self._near()
        near = (way.gateway, way.provider)
        far = self._far(policy, near)
        internet, captive = far.get("internet", (None, None))
        failed, asked = self._services(policy, near, bool(internet or far.get("government") or far.get("collector")))
        return Look(
            link=link, gateway=way.gateway, provider=way.provider, government=far.get("government"), internet=internet,
            captive=captive, collector=far.get("collector"), services_failed=failed, services_asked=asked, **fields,
        )  # fmt: skip

    def _near(self) -> reach_way.Way:
        found: Dict[str, reach_way.Way] = {}
        self._run(
            {"way": lambda: found.update(way=reach_way.look(self._host, logger.debug, self._patience))}, NEAR_DEADLINE_S
        )
        return found.get("way", reach_way.Way())

    def _far(self, policy: AgentPolicy, near: Tuple[Optional[bool], ...]) -> Dict[str, Any]:
        url, wanted = policy.internet_check_url, policy.internet_check_text
        stages: Dict[str, Callable[[], Any]] = {}
        if url:
            stages["internet"] = lambda: reach.judge_internet(get(Trail("internet"), self._public, url), wanted)
        if policy.government_check:
            stages["government"] = lambda: answers(self._public, policy.government_check)
        if self._doors:
            stages["collector"] = self._collector
        answered: Dict[str, Any] = {}
        due = [name for name in stages if not self._is_fresh(name, near, FAR_S)]

        def ask(name: str) -> None:
            answered[name] = stages[name]()

        self._run({name: lambda name=name: ask(name) for name in due}, FAR_DEADLINE_S)
        for name in due:  # no answer in all that time is an answer
            silent: Any = (False, None) if name == "internet" else False
            self._known[name] = _Answer(answered.get(name, silent), self._clock(), near)
        return {name: self._known[name].value for name in stages}

    def _services(
        self, policy: AgentPolicy, near: Tuple[Optional[bool], ...], may_answer: bool
    ) -> Tuple[Tuple[str, ...], Optional[int]]:
        """(names that failed, how many were asked). Asked only where something else beyond the office answers."""
        targets = policy.reach_targets[: reach.MAX_TARGETS]
        if not may_answer or not targets:
            self._known.pop("services", None)
            return (), None
        if not self._is_fresh("services", near, SERVICES_S):
            answered: Dict[str, bool] = {}
            waiting = list(targets)

            def work() -> None:
                while waiting:
                    try:
                        target = waiting.pop(0)
                    except IndexError:
                        return
                    answered[target.name] = answers(self._public, target.url)

            lanes = {"services {}".format(lane): work for lane in range(min(_AT_ONCE, len(targets)))}
            self._run(lanes, 2 * FAR_DEADLINE_S)
            asked = [name for name in (target.name for target in targets) if name in answered]
            failed = tuple(sorted(name for name in asked if not answered[name]))
            self._known["services"] = _Answer((failed, len(asked) or None), self._clock(), near)
        value = self._known["services"].value
        return value if isinstance(value, tuple) else ((), None)

    def _collector(self) -> bool:
        return any(
            get(Trail("collector"), line, server.rstrip("/") + "/healthz").status == 200 for server, line in self._doors
        )

    def _is_fresh(self, name: str, near: Tuple[Optional[bool], ...], lasts_s: float) -> bool:
        """An answer that still counts. While the way is broken, silence is asked again at every look: it costs a packet
        or two that get nowhere."""
        known = self._known.get(name)
        if known is None or known.near != near or not 0 <= self._clock() - known.at_s < lasts_s:
            return False
        if name == "collector" and known.value is False:
            beyond = [self._known[other].value for other in ("internet", "government") if other in self._known]
            return True in beyond or (True, False) in beyond
        return known.value not in (False, (False, None))

    def _run(self, jobs: Mapping[str, Callable[[], Any]], deadline_s: float) -> None:
        end = time.monotonic() + deadline_s
        started: List[threading.Thread] = []
        for name, job in jobs.items():
            before = self._hanging.get(name)
            if before is not None and before.is_alive():
                continue
            thread = threading.Thread(target=_quietly, args=(name, job), name="watch-" + name, daemon=True)
            self._hanging[name] = thread
            thread.start()
            started.append(thread)
        for thread in started:
            thread.join(max(0.0, end - time.monotonic()))


def answers(line: Line, url: str) -> bool:
    """Whether a service is reached. A page that asks for a login or has moved is; a server's own error is not."""
    parts = urlsplit(url)
    trail = Trail("")
    if parts.scheme == "tcp":
        connection = open_tcp(trail, parts.hostname or "", parts.port or 0)
        if connection is not None:
            connection.close()
        return connection is not None
    return 0 < get(trail, line, url).status < 500


def _quietly(name: str, job: Callable[[], Any]) -> None:
    try:
        job()
    except Exception as error:  # an address that cannot be read costs this stage, not the look
        logger.debug("%s: %r", name, error)
