"""What measuring lines costs: the reflector per packet, the ndt7 server per byte, one train in the agent.

CPU seconds of the process itself, so that a busy machine changes little. Beside them a floor: the same packets through
a loop that only receives and sends.
"""

from __future__ import annotations

import json
import multiprocessing
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PACKETS = 30_000
BYTES = 1_000_000_000


def run() -> None:
    _reflector()
    for tls in (False, True):
        _ndt7(tls)
    _train()


def _reflector() -> None:
    for name, target in (("floor: recv + send", _echo), ("reflector", _reflect)):
        port, process, told = _started(target)
        sent, answered = _flood(port, PACKETS, name == "reflector")
        cpu = _ended(process, told)
        print(f"{name}: {answered} of {sent} packets answered, {answered / max(cpu, 1e-9):,.0f} packets per CPU second")


def _flood(port: int, count: int, knocks: bool) -> tuple[int, int]:
    """Packets in bursts that fit the socket's queue; (sent, answered)."""
    from agent.quality import stamp_codec as codec
    from tests.quality.ndt7_server import AGENT, key_of

    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.connect(("127.0.0.1", port))
    sock.settimeout(2.0)
    if knocks:
        sock.send(codec.sealed_packet(codec.Sent(0, time.time_ns(), 7), AGENT, 1, key_of(AGENT)))
        sock.recv(2048)
    packet, answered = codec.sent_packet(codec.Sent(1, time.time_ns(), 7)), 0
    for _ in range(count // 50):
        for _ in range(50):
            sock.send(packet)
        for _ in range(50):
            sock.recv(2048)
            answered += 1
    sock.close()
    return count, answered


def _reflect(told: Any) -> None:
    from collector.reflector import sessions
    from collector.reflector.server import Reflector
    from tests.quality.ndt7_server import Office

    sessions.RATE = sessions.BURST = 1e12  # the limit is for one agent; here one plays all of them
    reflector = Reflector(("127.0.0.1", 0), Office())
    _until_told(told, reflector.port, reflector.run, reflector.stop)


def _echo(told: Any) -> None:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    sock.settimeout(0.5)
    stopping: list[bool] = []

    def loop() -> None:
        while not stopping:
            try:
                packet, source = sock.recvfrom(2048)
            except TimeoutError:
                continue
            sock.sendto(packet, source)

    _until_told(told, sock.getsockname()[1], loop, lambda: stopping.append(True))


def _ndt7(tls: bool) -> None:
    from agent.quality.ndt7_client import Ndt7Plan
    from agent.quality.ndt7_client import run as test
    from agent.quality.ws_client import Way
    from tests.agent import certificates
    from tests.quality.ndt7_server import AGENT, key_of

    with tempfile.TemporaryDirectory() as folder:
        pair = certificates.make(Path(folder)) if tls else None
        port, process, told = _started(_serve_ndt7, pair)
        scheme, way = ("https", Way(pair[0])) if pair else ("http", Way())
        before = time.process_time()
        found = []
        for direction in ("down", "up"):
            plan = Ndt7Plan(
                f"{scheme}://localhost:{port}", direction, AGENT, 1, key_of(AGENT), max_bytes=BYTES, way=way
            )
            found.append(test(plan))
        own = time.process_time() - before
        cpu = _ended(process, told)
    speeds = ", ".join(
        f"{name} {result.mbps or 0:,.0f} Mbit/s" for name, result in zip(("down", "up"), found, strict=True)
    )
    moved = 2 * BYTES * 8 / 1e9
    print(
        f"ndt7 {'TLS' if tls else 'plain'}: {speeds}; CPU seconds per Gbit: server {cpu / moved:.3f}, agent {own / moved:.3f}"
    )


def _serve_ndt7(told: Any, pair: tuple[str, str] | None = None) -> None:
    import ssl

    from collector.ndt7.desk import Desk
    from tests.quality.ndt7_server import Office, running

    context = None
    if pair is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*pair)
    with running(Desk(Office()), context) as (port, _):
        done = threading.Event()
        _until_told(told, port, done.wait, done.set)


def _train() -> None:
    """A train as the agent makes it: its child process from start to end."""
    from tests.quality.ndt7_server import AGENT, key_of

    port, process, told = _started(_reflect)
    question = {
        "kind": "stamp", "host": "127.0.0.1", "port": port, "packets": 60, "interval_s": 0.2, "size": 44, "server": "",
        "agent_id": AGENT, "generation": 1, "key": key_of(AGENT).hex(), "root": "/", "platform": "linux",
    }  # fmt: skip
    code = (
        "import resource, subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-B', '-m', 'agent.quality.child'], stdin=subprocess.PIPE)\n"
        "child.stdin.write(sys.argv[1].encode() + b'\\n'); child.stdin.flush(); child.wait()\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(); print(used.ru_utime + used.ru_stime, used.ru_maxrss)\n"
    )
    out = subprocess.run([sys.executable, "-c", code, json.dumps(question)], capture_output=True, text=True, check=True)
    cpu_s, memory_kb = out.stdout.split("\n")[-2].split()
    _ended(process, told)
    print(
        f"one train of 60 packets in the agent's child: {float(cpu_s):.2f} CPU seconds, {int(memory_kb) / 1024:.0f} MB"
    )


def _started(target: Callable[..., None], *arguments: Any) -> tuple[int, Any, Any]:
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=target, args=(theirs, *arguments), daemon=True)
    process.start()
    return ours.recv(), process, ours


def _until_told(told: Any, port: int, work: Callable[[], Any], stop: Callable[[], None]) -> None:
    """Says the port, works until asked to stop, says the CPU seconds that the work took."""
    before = resource.getrusage(resource.RUSAGE_SELF)
    thread = threading.Thread(target=work)
    thread.start()
    told.send(port)
    told.recv()
    stop()
    thread.join()
    after = resource.getrusage(resource.RUSAGE_SELF)
    told.send(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def _ended(process: Any, told: Any) -> float:
    told.send("stop")
    cpu = told.recv()
    process.join(10)
    return float(cpu)
