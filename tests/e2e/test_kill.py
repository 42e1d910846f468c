"""kill -9 of collector and agent at random moments under load: nothing acknowledged is lost, nothing stored twice."""

from __future__ import annotations

import random
import signal
import socket
import threading
import time
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from sqlmodel import select

from agent.wire import report as wire
from agent.wire import seal
from inventory.domain import ledger
from inventory.store.tables import Agent, AgentBoot, Contact, RawReport
from tests import need
from tests.e2e import server_process
from tests.e2e.service import ROOT, Service, wait_for

AGENTS = 12
KILLS = 25
MASTER = b"k" * 32


class Client(threading.Thread):
    """An agent that sends and resends until acknowledged, as the real one does; remembers what was acknowledged."""

    def __init__(self, number: int, port: int, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.agent_id, self.boot_id = f"{number + 1:032x}", f"{number + 901:032x}"
        self.port = port
        self.stop_event = stop
        self.acknowledged: set[int] = set()
        self.resent = 0
        self.random = random.Random(number)

    def run(self) -> None:
        seq = 1
        while not self.stop_event.is_set():
            batch = [self._frame(seq + at) for at in range(self.random.choice((1, 1, 3)))]
            while not self.stop_event.is_set():
                if self._send(b"".join(batch)):
                    self.acknowledged.update(range(seq, seq + len(batch)))
                    break
                self.resent += 1
                time.sleep(0.02)
            seq += len(batch)

    def _frame(self, seq: int) -> bytes:
        data = {"hostname": f"pc-{seq}"}
        sections = {"system": wire.Section("ok", wire.section_hash("ok", data), data)} if seq % 2 else {}
        report = wire.Report(self.agent_id, self.boot_id, seq, 1795400000.0 + seq, 100.0 + seq, sections=sections)
        return seal.seal(wire.report_to_bytes(report), self.agent_id, seal.derive_key(MASTER, self.agent_id, 1), 1)

    def _send(self, body: bytes) -> bool:
        head = f"POST /agent/v1/reports HTTP/1.1\r\nHost: c\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as link:
                link.sendall(head.encode() + body)
                answer = b""
                while part := link.recv(65536):
                    answer += part
        except OSError:
            return False
        return answer.startswith(b"HTTP/1.1 200") and b'"retry"' not in answer and answer.rstrip().endswith(b"}")


@pytest.mark.timeout(240)
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_killing_the_collector_loses_and_repeats_nothing(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if engine == "sqlite":
        url = f"sqlite:///{tmp_path}/gapwatch.db"
    else:
        server: need.PostgresServer = request.getfixturevalue("postgresql_server")
        url = server.url(server.create_database(empty=True))
    service = Service(tmp_path, url)
    service.environ["GAPWATCH_RUN_JOBS"] = "false"
    assert service.command("migrate").returncode == 0
    service.set_up()
    (tmp_path / "var").mkdir(exist_ok=True)
    (tmp_path / "var" / "master.key").write_bytes(MASTER)
    stop = threading.Event()
    clients = [Client(number, service.port, stop) for number in range(AGENTS)]
    with service.store() as store, store.session() as session:
        from datetime import UTC, datetime

        session.add_all(Agent(id=client.agent_id, site_id=1, enrolled_at=datetime.now(UTC)) for client in clients)
    chance = random.Random(7)
    request.getfixturevalue("monkeypatch").setenv("PYTHONPATH", str(ROOT))  # for the fork server's preloading
    collector = _start(service)
    for client in clients:
        client.start()
    try:
        for _ in range(KILLS):
            _some_work(clients, chance.randint(1, 30))
            time.sleep(chance.uniform(0.0, 0.05))
            collector.kill()
            collector.join()
            assert collector.exitcode == -signal.SIGKILL
            collector = _start(service)
        time.sleep(0.5)
    finally:
        stop.set()
        for client in clients:
            client.join(10)
        collector.terminate()
        collector.join(20)
    _check(service, clients)


def _some_work(clients: list[Client], reports: int) -> None:
    """Until so many more reports were acknowledged: however slow the machine is, every kill hits a collector at work."""
    before = sum(len(client.acknowledged) for client in clients)
    wait_for(
        "acknowledgements",
        lambda: sum(len(client.acknowledged) for client in clients) >= before + reports,
        30,
        every=0.01,
    )


def _start(service: Service) -> BaseProcess:
    process = server_process.start(service.environ, str(service.folder / "collector.log"))

    def listening() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", service.port)) == 0

    wait_for("the collector listens", listening, 30, every=0.02)
    return process


def _check(service: Service, clients: list[Client]) -> None:
    total = sum(len(client.acknowledged) for client in clients)
    assert total > 200, "too little load to prove anything"
    assert sum(client.resent for client in clients) > 0, "no kill ever hit an upload"
    with service.store() as store, store.reading() as session:
        for client in clients:
            boot = session.get_one(AgentBoot, (client.agent_id, client.boot_id))
            lost = [seq for seq in client.acknowledged if not ledger.contains(boot.seen, seq)]
            assert lost == [], f"acknowledged and lost: {lost[:5]}"
            contacts = session.exec(select(Contact).where(Contact.agent_id == client.agent_id)).all()
            assert sum(contact.reports for contact in contacts) == ledger.count(boot.seen) == boot.reports
            raw = session.exec(select(RawReport.seq).where(RawReport.agent_id == client.agent_id)).all()
            assert len(raw) == len(set(raw)), "a report is stored twice"
            assert set(raw) == {seq for seq in range(1, max(raw) + 1) if seq % 2 and ledger.contains(boot.seen, seq)}
