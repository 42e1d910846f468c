"""What answers from here: the collector, the Internet, the province's services. One connection per target, in
stages.

Not known stays None: without a check page in the policy nothing is said of the Internet, and an answer that
is neither the expected one nor a portal's (a server error) proves neither.
"""

from __future__ import annotations

import threading
import time
from typing import Callable, List, Optional, Tuple
from urllib.parse import urlsplit

from ..probe import NoData, ProbeContext
from ..wire.sections import ReachCheck, ReachInfo
from . import reach_way
from .reach_stages import Answer, Line, Trail, get, open_tcp

MAX_TARGETS = 24
_PARALLEL = 6  # a thin line should not carry all at once
_WAY_S = 0.5
_TOTAL_S = 20.0  # below the probe's deadline: what has answered by then is reported

Job = Tuple[Trail, Callable[[Trail], None]]


def run(context: ProbeContext) -> ReachInfo:
    policy, settings = context.policy, context.settings
    line = Line(settings.ca_file, settings.proxy)
    jobs: List[Job] = []
    if settings.collector_url:
        jobs.append(
            (
                Trail("collector", all_stages=True),
                lambda trail: _collector(trail, line, settings.collector_url),
            )
        )
    # The pinned CA is the collector's; the other certificates are the system's business.
    public = Line("", settings.proxy)
    answers: List[Answer] = []
    if policy.internet_check_url:
        url, wanted = policy.internet_check_url, policy.internet_check_text
        jobs.append((Trail("internet"), lambda trail: answers.append(_internet(trail, public, url, wanted))))
    if policy.government_check:
        jobs.append((Trail("government"), lambda trail: _service(trail, public, policy.government_check)))
    for target in policy.reach_targets[:MAX_TARGETS]:
        jobs.append((Trail(target.name), lambda trail, url=target.url: _service(trail, public, url)))
    if not jobs:
        raise NoData("nothing to reach is set")
    near, end = _Near(context), time.monotonic() + _TOTAL_S
    _run_all(jobs, end)
    told = [trail.finish() for trail, _ in jobs]
    reached = any(part and part[-1].ok for part in told)
    way = near.way(_WAY_S if reached else end - time.monotonic(), reached)
    checks = tuple(check for part in told for check in part)
    for check in checks:
        context.log("{} {} {}: {}".format(check.name, check.stage, check.target, check.error or "ok"))
    internet, captive = judge_internet(answers[0], policy.internet_check_text) if answers else (None, None)
    if policy.internet_check_url and not answers:
        internet = False  # no answer in all that time
    collector = collector_verdict(told[0]) if settings.collector_url else None
    government = None
    if policy.government_check:
        government = next((part[-1].ok for part in told if part and part[-1].name == "government"), False)
    return ReachInfo(checks, internet, captive, collector, way.gateway, way.provider, government)


class _Near:
    """The near part of the way, asked beside the rest."""

    def __init__(self, context: ProbeContext) -> None:
        self._context = context
        self._found: List[reach_way.Way] = []
        self._thread = threading.Thread(target=self._work, name="reach-way", daemon=True)
        self._thread.start()

    def way(self, wait_s: float, reached: bool) -> reach_way.Way:
        """`reached`: something further away answered, so that silence on the way there means nothing."""
        self._thread.join(max(0.0, wait_s))
        way = self._found[0] if self._found else reach_way.Way()
        return reach_way.Way(way.gateway or None, way.provider or None) if reached else way

    def _work(self) -> None:
        try:
            self._found.append(reach_way.look(self._context.host, self._context.log, reach_way.QUICK))
        except Exception as error:  # must not cost what is further away
            self._context.log("way: {!r}".format(error))


def collector_verdict(checks: List[ReachCheck]) -> bool:
    """Its own stages must end in a good answer; that something took the connection is not enough."""
    return bool(checks) and checks[-1].stage == "http" and checks[-1].ok is True


def is_expected(answer: Answer, wanted: str) -> bool:
    if wanted:
        return answer.status == 200 and wanted in answer.body.decode("utf-8", "replace")
    return answer.status == 204 or (answer.status == 200 and not answer.body.strip())


def judge_internet(answer: Answer, wanted: str) -> Tuple[Optional[bool], Optional[bool]]:
    """(internet, captive) from the check page's answer. A portal answers with a page of its own, a redirect
    or 511."""
    if answer.status == 0:
        return False, None
    if is_expected(answer, wanted):
        return True, False
    if 200 <= answer.status < 400 or answer.status == 511:
        return False, True
    return None, None


def _collector(trail: Trail, line: Line, url: str) -> None:
    answer = get(trail, line, url.rstrip("/") + "/healthz")
    if answer.status:
        trail.done(answer.status == 200, "" if answer.status == 200 else "status {}".format(answer.status))


def _internet(trail: Trail, line: Line, url: str, wanted: str) -> Answer:
    answer = get(trail, line, url)
    if answer.status:
        good = is_expected(answer, wanted)
        trail.done(good, "" if good else "unexpected answer, status {}".format(answer.status))
    return answer


def _service(trail: Trail, line: Line, url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme == "tcp":
        connection = open_tcp(trail, parts.hostname or "", parts.port or 0)
        if connection is not None:
            connection.close()
        return
    answer = get(trail, line, url)
    if answer.status:
        # A page that asks for a login or has moved still shows that the service is reached.
        trail.done(answer.status < 500, "" if answer.status < 400 else "status {}".format(answer.status))


def _run_all(jobs: List[Job], end: float) -> None:
    waiting = list(jobs)

    def work() -> None:
        while waiting and time.monotonic() < end:
            try:
                trail, job = waiting.pop(0)
            except IndexError:
                return
            try:
                job(trail)
            except Exception as error:  # a URL that cannot be read must not cost the other checks
                trail.done(False, "bad address" if isinstance(error, ValueError) else type(error).__name__)

    # Threads of our own: a name server that is silent cannot be interrupted, only left behind.
    threads = [threading.Thread(target=work, daemon=True) for _ in range(min(_PARALLEL, len(jobs)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
