"""A way out of four network namespaces, for looks at real faults.

pc 10.88.0.2 -- bridge -- 10.88.0.1 gw 10.88.1.2 -- 10.88.1.1 isp 10.88.2.1 -- 10.88.2.2 far (web server)
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List

ROOT = Path(__file__).resolve().parents[2]
_NAMES = ("pc", "gw", "isp", "far")


class Way:
    def __init__(self, worker: str = "tests.agent.watch_worker") -> None:
        self._worker = worker
        tag = "gww{}".format(os.getpid())
        self.names = {name: tag + name for name in _NAMES}
        self._started: List["subprocess.Popen[str]"] = []
        try:
            self._build()
        except BaseException:
            self.close()
            raise

    def _build(self) -> None:
        for name in self.names.values():
            _run("ip", "netns", "add", name)
        self.ip("gw", "link set lo up", "link add br0 type bridge",
                "link add port0 type veth peer name eth0 netns " + self.names["pc"],
                "link add port1 type veth peer name lan", "link set port0 master br0", "link set port1 master br0",
                "link add wan type veth peer name near netns " + self.names["isp"],
                *("link set {} up".format(name) for name in ("br0", "port0", "port1", "lan", "wan")),
                "address add 10.88.0.1/24 dev lan", "address add 10.88.1.2/24 dev wan",
                "route add default via 10.88.1.1")  # fmt: skip
        self.ip("pc", "link set lo up", "link set eth0 up", "address add 10.88.0.2/24 dev eth0",
                "route add default via 10.88.0.1")  # fmt: skip
        self.ip("isp", "link set lo up", "link add beyond type veth peer name eth0 netns " + self.names["far"],
                "link set near up", "link set beyond up", "address add 10.88.1.1/24 dev near", "address add 10.88.2.1/24 dev beyond",
                "route add 10.88.0.0/24 via 10.88.1.2", "route add default via 10.88.2.2")  # fmt: skip
        self.ip("far", "link set lo up", "link set eth0 up", "address add 10.88.2.2/24 dev eth0",
                "route add default via 10.88.2.1")  # fmt: skip
        for router in ("gw", "isp"):
            self.inside(router, "sysctl", "-q", "-w", "net.ipv4.ip_forward=1", "net.ipv4.icmp_ratemask=0")
        self.page = self._python("far", "tests.agent.watch_page")
        self.worker = self._python("pc", self._worker)
        for started in (self.page, self.worker):
            assert started.stdout is not None
            assert started.stdout.readline() == "ready\n", started.stderr.read() if started.stderr else ""

    def ip(self, name: str, *lines: str) -> None:
        _run("ip", "-n", self.names[name], "-batch", "-", stdin="\n".join(lines) + "\n")

    def inside(self, name: str, *command: str) -> None:
        _run("ip", "netns", "exec", self.names[name], *command)

    def look(self, **policy: Any) -> Dict[str, Any]:
        return _ask(self.worker, policy)

    def serve(self, mode: str) -> None:
        _ask(self.page, mode)

    def _python(self, name: str, module: str) -> "subprocess.Popen[str]":
        pipe = subprocess.PIPE
        started = subprocess.Popen(
            ["ip", "netns", "exec", self.names[name], sys.executable, "-m", module],
            stdin=pipe, stdout=pipe, stderr=pipe, text=True, cwd=str(ROOT),
        )  # fmt: skip
        self._started.append(started)
        return started

    def close(self) -> None:
        for started in self._started:
            started.kill()
            started.communicate()
        for name in self.names.values():
            subprocess.run(["ip", "netns", "del", name], capture_output=True)

    def __enter__(self) -> "Way":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _ask(worker: "subprocess.Popen[str]", question: Any) -> Any:
    assert worker.stdin is not None and worker.stdout is not None
    worker.stdin.write(json.dumps(question) + "\n")
    worker.stdin.flush()
    line = worker.stdout.readline()
    assert line, worker.stderr.read() if worker.stderr else ""
    return json.loads(line)


def _run(*command: str, stdin: str = "") -> None:
    done = subprocess.run(list(command), input=stdin, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError("{}: {}".format(" ".join(command[:6]), done.stderr.strip()))
