"""Runs another program within bounds: no shell, no window, no inherited handles, a deadline, a limit on its
output."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Sequence

MAX_OUTPUT = 1024 * 1024
_CREATE_NO_WINDOW = 0x08000000
_BELOW_NORMAL = 0x00004000


@dataclass(frozen=True)
class CommandResult:
    ok: bool  # started, ended in time, exit status 0
    out: bytes = b""
    err: str = ""  # what stopped it, else what it wrote on stderr
    timed_out: bool = False


def run_process(
    argv: Sequence[str],
    timeout_s: float,
    stdin: bytes = b"",
    env: Optional[Dict[str, str]] = None,
    low: bool = False,
) -> CommandResult:
    """Runs a command without a shell, a window or inherited handles; kills it (on Linux with its children)
    when the time is over or when it writes more than MAX_OUTPUT."""
    options: Dict[str, Any] = {"close_fds": True, "env": env}
    if sys.platform == "win32":
        options["creationflags"] = _CREATE_NO_WINDOW | (_BELOW_NORMAL if low else 0)
    else:
        options["start_new_session"] = True
    pipe = subprocess.PIPE
    try:
        process = subprocess.Popen(list(argv), stdin=pipe, stdout=pipe, stderr=pipe, **options)
    except (OSError, ValueError) as error:
        return CommandResult(False, err="{} does not start: {}".format(argv[0], error))
    out: List[bytes] = []
    err: List[bytes] = []
    threads = [
        _worker(_feed, process.stdin, stdin),
        _worker(_drain, process.stdout, out, process),
        _worker(_drain, process.stderr, err, process),
    ]
    timed_out = False
    try:
        process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        timed_out = True
        _kill(process)
    for thread in threads:
        thread.join(1.0)
    output, complaint = b"".join(out), b"".join(err)[:4096].decode("utf-8", "replace").strip()
    if timed_out:
        return CommandResult(False, output[:MAX_OUTPUT], "ran longer than {:g} s".format(timeout_s), True)
    if len(output) > MAX_OUTPUT:
        return CommandResult(False, output[:MAX_OUTPUT], "wrote more than {} bytes".format(MAX_OUTPUT))
    return CommandResult(process.returncode == 0, output, complaint)


def _worker(target: Any, *args: Any) -> threading.Thread:
    thread = threading.Thread(target=target, args=args, daemon=True)
    thread.start()
    return thread


def _feed(stream: Any, data: bytes) -> None:
    try:
        with stream:
            stream.write(data)
    except OSError:
        pass  # the command ended without reading


def _drain(stream: Any, into: List[bytes], process: Any) -> None:
    try:
        with stream:
            into.append(stream.read(MAX_OUTPUT + 1))
            if len(into[0]) > MAX_OUTPUT and process.poll() is None:
                _kill(process)
    except (OSError, ValueError):
        pass


def _kill(process: Any) -> None:
    """Ends the process and, where the system has groups, whatever it started: a grandchild that keeps the
    pipe open would hold us as well."""
    try:
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, 9)
    except OSError:
        pass
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(1.0)
