"""An office where one PC has a line and another has none: collector and relay are real processes, over real sockets.

Both are killed in the middle; what nobody could bring goes by stick, and nothing is lost or counted twice.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import select

from agent import bundle, offline
from agent import service as agent_service
from agent import settings as agent_settings
from collector import carried
from collector.settings import Settings
from inventory.store.policy import set_policy
from inventory.store.tables import Agent, AgentBoot, AgentRoad, Audit, BundleImport, Contact, Unit
from tests import need
from tests.e2e.service import POLICY, ROOT, UNIT, Service, wait_for

DEAD = "http://127.0.0.1:9"


class Pc:
    """One agent with its own folder; as a process of its own where it runs on."""

    def __init__(self, folder: Path, relay: str = "no", hosts: str = "") -> None:
        folder.mkdir()
        self.folder = folder
        self.config = folder / "agent.ini"
        self.config.write_text(
            f"[agent]\nstate_dir = {folder / 'state'}\n"
            "[probes]\ndisabled = storage, posture, hygiene, lan, devices, reach\n"
            f"[relay]\nenabled = {relay}\nhosts = {hosts}\n"
        )
        self.said: list[str] = []
        self.made = 0  # reports
        self.process: subprocess.Popen[bytes] | None = None

    def settings(self) -> agent_settings.Settings:
        return agent_settings.load(str(self.config))

    def once(self) -> str:
        """One report, sent now or kept; what was said about it."""
        self.said.clear()
        self.made += 1
        agent_service.once(self.settings(), self.said.append)
        return "\n".join(self.said)

    def export(self, folder: Path) -> str:
        self.said.clear()
        assert bundle.export(str(folder), self.settings(), self.said.append) == 0
        return "\n".join(self.said)

    def start(self) -> None:
        with open(self.folder / "out.log", "ab") as log:
            words = [sys.executable, "-m", "agent", "run", "--config", str(self.config)]
            self.process = subprocess.Popen(words, cwd=ROOT, stdout=log, stderr=log)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()


class Office:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.service = Service(folder, need.sqlite_copy(folder))
        self.port = need.free_port()
        with self.service.store() as store, store.session() as session:  # two units do, loading all costs seconds
            province = Unit(id="t52.2", kind="tinh", type_label="Tỉnh", name="Gia Lai", name_key="gia lai", code="52")
            session.add(province)
            session.flush()
            commune = Unit(id=UNIT, kind="xa", type_label="Xã", name="Vĩnh Sơn", name_key="vinh son", code="1")
            session.add(commune)
        self.service.set_up()
        with self.service.store() as store, store.session() as session:
            set_policy(session, "site", "1", {**POLICY, "relay.port": self.port}, "test", "", datetime.now(UTC))
        self.settings = Settings(database_url=self.service.database_url, var_dir=str(folder / "var"))
        self.carrier = Pc(folder / "carrier", relay="yes")
        self.sender = Pc(folder / "sender", hosts=f"127.0.0.1:{self.port}")

    def enrol(self, pc: Pc, server: str) -> str:
        """By a file that is carried along; returns the agent's id."""
        file = pc.folder / "carried.ini"
        carried.enrol_offline(self.settings, "1", file, [server], None)
        assert offline.enrol(str(file), str(pc.config), {}, False, pc.said.append) == 0
        return str(agent_service.State(pc.settings().state_dir).identity().agent_id)

    def listens(self) -> bool:
        socket.create_connection(("127.0.0.1", self.port), 1).close()
        return True


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    made.carrier.kill()
    made.service.stop()


def test_a_relay_and_a_stick_carry_what_the_line_cannot(office: Office) -> None:
    service, carrier, sender = office.service, office.carrier, office.sender
    carrier_id, sender_id = office.enrol(carrier, service.base), office.enrol(sender, DEAD)
    carrier.start()
    service.start()
    wait_for("the relay listens", office.listens, 60)

    # on a busy machine the first may time out; then it waits like any other
    wait_for("a relayed report arrives", lambda: "Máy chủ đã nhận" in sender.once(), 120)

    assert service.collector is not None
    service.collector.kill()
    service.collector.wait()
    assert "đã giữ báo cáo, chưa tới máy chủ" in sender.once()
    assert list((carrier.folder / "state" / "relay").glob("*.env"))
    carrier.kill()
    assert "Không nối được tới máy chuyển tiếp" in sender.once()

    stick = office.folder / "usb"
    stick.mkdir()
    waiting = int(re.search(r"(\d+) báo cáo,", sender.export(stick))[1])  # type: ignore[index]
    assert waiting >= 2
    shutil.copytree(stick, office.folder / "copy")
    carried.import_bundles(office.settings, [stick], None)
    assert "Không có báo cáo nào đang chờ" in sender.export(stick)
    carried.import_bundles(office.settings, [office.folder / "copy"], None)  # the same once more

    with service.store() as store, store.reading() as session:
        (boot,) = session.exec(select(AgentBoot).where(AgentBoot.agent_id == sender_id)).all()
        kinds = list(session.exec(select(Contact.kind).where(Contact.agent_id == sender_id)))
        roads = {row.road: row for row in session.exec(select(AgentRoad).where(AgentRoad.agent_id == sender_id))}
        imports = [(row.accepted, row.duplicates) for row in session.exec(select(BundleImport))]
        states = {row.id: row.status for row in session.exec(select(Agent))}
        actions = list(session.exec(select(Audit.action)))
    assert (boot.seen, boot.reports) == ([[1, sender.made]], sender.made)
    assert "live" in kinds
    assert roads["relay"].carrier_id == carrier_id
    assert roads["relay"].reports + roads["usb"].reports == sender.made
    assert (sum(imports[0]), imports[1]) == (waiting, (0, waiting))
    assert states == {sender_id: "active", carrier_id: "active"}
    assert actions.count("agent.enrol_offline") == 2
