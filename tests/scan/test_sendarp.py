"""Windows' SendARP with a Windows made of functions: threads, old entries, errors. The calls themselves run under Wine
(tests/windows)."""

from __future__ import annotations

import sys
import threading
import time
from typing import Dict, List, Set, Tuple

import pytest

from agent.scan import sendarp
from agent.scan.door import DriverBusy, Heard
from agent.scan.neigh import Entry

MAC = bytes.fromhex("025e00000001")


class Windows:
    def __init__(self) -> None:
        self.there: Set[str] = set()
        self.slow_s = 0.0
        self.error = 67  # ERROR_BAD_NET_NAME: nobody answered
        self.at_work = 0
        self.most = 0
        self.calls: List[str] = []
        self.lock = threading.Lock()

    def resolve(self, address: str) -> Tuple[int, bytes]:
        with self.lock:
            self.calls.append(address)
            self.at_work += 1
            self.most = max(self.most, self.at_work)
        time.sleep(self.slow_s)
        with self.lock:
            self.at_work -= 1
        return (0, MAC) if address in self.there else (self.error, b"")


def heard(door: sendarp.SendArpDoor, seconds: float) -> List[Heard]:
    found: List[Heard] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found += door.hear(0.05)
    return found


def test_who_answers_is_heard_and_frames_are_counted() -> None:
    windows = Windows()
    windows.there = {"10.0.0.1"}
    door = sendarp.SendArpDoor(windows.resolve, lambda _: True, list)
    door.ask("10.0.0.1")
    door.ask("10.0.0.2")

    assert heard(door, 0.3) == [Heard("10.0.0.1", "02:5e:00:00:00:01", True, 0)]
    assert door.frames == 1 + 3
    door.close()


def test_threads_are_few_and_questions_wait_for_them() -> None:
    windows = Windows()
    windows.slow_s = 0.1
    door = sendarp.SendArpDoor(windows.resolve, lambda _: True, list)
    for number in range(60):
        door.ask("10.0.0.{}".format(number))
    heard(door, 0.5)

    assert sorted(windows.calls) == sorted("10.0.0.{}".format(number) for number in range(60))
    assert windows.most <= sendarp.THREADS
    door.close()


@pytest.mark.parametrize("error", [8, 111, 1450, 10055])
def test_no_resources_is_a_busy_driver(error: int) -> None:
    windows = Windows()
    windows.error = error
    door = sendarp.SendArpDoor(windows.resolve, lambda _: True, list)
    door.ask("10.0.0.1")
    time.sleep(0.2)

    with pytest.raises(DriverBusy):
        door.ask("10.0.0.2")
    door.close()


def test_an_old_entry_is_no_sign_of_life_until_it_is_confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sendarp, "_CONFIRM_S", 1.2)
    table: Dict[str, Entry] = {
        "127.0.0.11": Entry("127.0.0.11", "m", True, 500.0),
        "127.0.0.12": Entry("127.0.0.12", "m", False, 20.0),
        "127.0.0.13": Entry("127.0.0.13", "m", False, 500.0),
        "127.0.0.14": Entry("127.0.0.14", "m", False, 500.0),
    }
    confirm = sendarp.Confirm("127.0.0.1", lambda: list(table.values()))
    threading.Timer(0.3, table.update, [{"127.0.0.14": Entry("127.0.0.14", "m", True, 0.0)}]).start()

    assert [confirm("127.0.0.{}".format(number)) for number in (11, 12, 13, 14, 15)] == [True, True, False, True, True]


@pytest.mark.skipif(sys.platform == "win32", reason="there it is")
def test_elsewhere_there_is_no_sendarp() -> None:
    assert sendarp.open_door("10.0.0.5", "10.0.0.1") is None
    assert sendarp.windows_table() == []
