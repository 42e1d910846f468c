"""The door of a throughput test: what is asked for, the access token, and what a refusal means. In the child process."""

from __future__ import annotations

import json
import os
import socket
from dataclasses import dataclass
from typing import Any, Callable, Dict, Optional, Tuple
from urllib.parse import urlencode

from ..wire import line_token
from .ws_client import RefusedError, Way, connect

RUN_S = 10.0


@dataclass(frozen=True)
class Ndt7Plan:
    url: str  # https://host[:port]
    direction: str  # down | up
    agent_id: str = ""
    generation: int = 1
    key: bytes = b""
    max_bytes: int = 0  # 0: no limit
    settle: bool = False  # end when the speed has settled
    run_s: float = RUN_S
    way: Way = Way()  # noqa: RUF009 frozen, so it can be shared


@dataclass(frozen=True)
class Ndt7Result:
    outcome: str  # ok | capped | stopped_busy | refused | failed
    error: str = ""  # see QualityTest.error
    mbps: Optional[float] = None
    duration_s: float = 0.0
    bytes_used: int = 0
    stable: Optional[bool] = None
    min_rtt_ms: Optional[float] = None
    come_back_s: int = 0  # a busy server's wish


def connected(plan: Ndt7Plan, now: Callable[[], float]) -> Tuple[socket.socket, bytes]:
    """Tries once more with the server's time where ours is what it refuses."""
    try:
        return connect(plan.url, _path(plan, now()), line_token.PROTOCOL, plan.way)
    except RefusedError as error:
        told = _told(error)
        if told.get("code") != "clock" or not isinstance(told.get("server_time_s"), (int, float)):
            raise
        return connect(plan.url, _path(plan, float(told["server_time_s"])), line_token.PROTOCOL, plan.way)


def _path(plan: Ndt7Plan, now_s: float) -> str:
    query: Dict[str, str] = {}
    if plan.key:
        query["access_token"] = line_token.make(
            plan.agent_id, plan.generation, plan.key, now_s, os.urandom(8), plan.direction
        )
    if plan.max_bytes:
        query["max_bytes"] = str(plan.max_bytes)
    path = line_token.DOWNLOAD_PATH if plan.direction == "down" else line_token.UPLOAD_PATH
    return path + ("?" + urlencode(query) if query else "")


def _told(error: RefusedError) -> Dict[str, Any]:
    try:
        plain = json.loads(error.body.decode("utf-8"))
    except (ValueError, RecursionError):
        return {}
    shape = plain.get("error") if isinstance(plain, dict) else None
    return shape if isinstance(shape, dict) else {}


def refused(error: RefusedError) -> Ndt7Result:
    if error.status in (204, 429, 503):
        wait = error.headers.get("retry-after", "")
        return Ndt7Result("refused", "busy", come_back_s=min(int(wait), 86400) if wait.isdigit() else 0)
    if error.status in (401, 403):
        return Ndt7Result("refused", "denied")
    return Ndt7Result("failed", "strange_answer")
