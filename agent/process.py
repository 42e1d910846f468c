"""Runs another program within bounds: no shell, no window, no inherited handles, a deadline, a limit on its
output."""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import threading
import time
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
    code: Optional[int] = None  # exit status as the system gives it; None: not started, or stopped by us


def run_process(
    argv: Sequence[str],
    timeout_s: float,
    stdin: bytes = b"",
    env: Optional[Dict[str, str]] = None,
    low: bool = False,
) -> CommandResult:
    """Runs a command without a shell, a window or inherited handles; kills it (on Linux with its children)
    when the time is over or when it writes more than MAX_OUTPUT."""
    try:
        process = _start(argv, env, low)
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
    return CommandResult(process.returncode == 0, output, complaint, code=process.returncode)


def own_command(module: str, frozen_name: str) -> List[str]:
    """How to start one of our own modules as a child: by the interpreter beside us, or by ourselves when frozen (cli.py
    knows the name)."""
    if getattr(sys, "frozen", False):
        return [sys.executable, frozen_name]
    executable = sys.executable
    if not os.path.basename(executable).lower().startswith(("python", "gapwatch-python")):
        # A service's own .exe that loads pythonXY.dll has no -m: take the python.exe that stands with it.
        for folder in (os.path.dirname(executable), sys.exec_prefix, sys.base_exec_prefix):
            candidate = os.path.join(folder, "python.exe")
            if os.path.exists(candidate):
                executable = candidate
                break
    return [executable, "-B", "-m", module]


def child_env() -> Dict[str, str]:
    """The environment in which own_command finds the agent."""
    env = dict(os.environ)
    home = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    # An embedded Python with a ._pth file passes this over and finds the agent by that file, as we did.
    env["PYTHONPATH"] = os.pathsep.join([home] + ([env["PYTHONPATH"]] if env.get("PYTHONPATH") else []))
    env["PYTHONDONTWRITEBYTECODE"] = "1"
    return env


class Background:
    """A program of low priority that nobody waits for: poll() tells when it has ended. It is told things by lines on its
    standard input, and should end when that is closed: then we are gone."""

    def __init__(
        self, argv: Sequence[str], question: str, deadline_s: float, env: Optional[Dict[str, str]] = None
    ) -> None:
        """Starts it. Raises OSError or ValueError when it does not start."""
        self._end_s = time.monotonic() + deadline_s
        self._deadline_s = deadline_s
        self._process = _start(argv, env, low=True)
        self._out: List[bytes] = []
        self._err: List[bytes] = []
        self._lines: "queue.Queue[Optional[str]]" = queue.Queue()
        self._threads = [
            _worker(_drain, self._process.stdout, self._out, self._process),
            _worker(_drain, self._process.stderr, self._err, self._process),
        ]
        _worker(_feed_lines, self._process.stdin, self._lines)
        self.tell(question)

    def tell(self, line: str) -> None:
        """Sends one line; never waits."""
        self._lines.put(line)

    def poll(self) -> Optional[CommandResult]:
        """What came of it, None while it runs. Kills it when its time is over."""
        timed_out = self._process.poll() is None and time.monotonic() > self._end_s
        if timed_out:
            _kill(self._process)
        elif self._process.poll() is None:
            return None
        self._lines.put(None)
        for thread in self._threads:
            thread.join(1.0)
        out, err = b"".join(self._out)[:MAX_OUTPUT], b"".join(self._err)[:4096].decode("utf-8", "replace").strip()
        if timed_out:
            return CommandResult(False, out, "ran longer than {:g} s".format(self._deadline_s), True)
        return CommandResult(self._process.returncode == 0, out, err, code=self._process.returncode)

    def kill(self) -> None:
        """Ends it now."""
        self._lines.put(None)
        if self._process.poll() is None:
            _kill(self._process)


def _start(argv: Sequence[str], env: Optional[Dict[str, str]], low: bool) -> Any:
    options: Dict[str, Any] = {"close_fds": True, "env": env}
    if sys.platform == "win32":
        options["creationflags"] = _CREATE_NO_WINDOW | (_BELOW_NORMAL if low else 0)
    else:
        options["start_new_session"] = True
    pipe = subprocess.PIPE
    return subprocess.Popen(list(argv), stdin=pipe, stdout=pipe, stderr=pipe, **options)


def _feed_lines(stream: Any, lines: "queue.Queue[Optional[str]]") -> None:
    try:
        with stream:
            while True:
                line = lines.get()
                if line is None:
                    return
                stream.write(line.encode("utf-8") + b"\n")
                stream.flush()
    except (OSError, ValueError):
        pass  # it has ended


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
