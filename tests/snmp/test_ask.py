"""Devices that misbehave, in memory: what is asked, how often, and what is known in the end."""

from __future__ import annotations

from typing import Callable, Dict, List, Optional, Sequence, Tuple

import pytest

from agent.snmp.ask import BATCH, MAX_REQUESTS, MAX_SILENT, Asker
from agent.snmp.collect import collect
from agent.snmp.identify import identify
from agent.snmp.recording import RecordedDevice, parse
from agent.snmp.reply import GEN_ERR, NO_SUCH_NAME, OK, TOO_BIG, Reply, Session
from agent.snmp.values import SYS_DESCR, SYS_OBJECT

ROWS = parse(
    "1.3.6.1.2.1.1.1.0|4|Acme Box\n1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.4711.1\n1.3.6.1.2.1.1.5.0|4|box\n"
    + "\n".join("1.3.6.1.4.1.4711.5.{}.0|2|{}".format(number, number) for number in range(0, 60, 2))
)
OBJECTS = ["1.3.6.1.4.1.4711.5.{}.0".format(number) for number in range(40)]  # every second one is there
KNOWN = {oid: ROWS[oid][1] if oid in ROWS else None for oid in OBJECTS}

Answer = Callable[[str, Sequence[str], int, Optional[Reply]], Optional[Reply]]


class Device(Session):
    """A recorded device whose answers pass through `spoil`."""

    def __init__(self, spoil: Answer, version: str = "2c") -> None:
        self.version = version
        self.asked: List[Tuple[str, Tuple[str, ...]]] = []
        self.hurried = False
        self._device = RecordedDevice(ROWS)
        self._spoil = spoil

    def request(self, kind: str, oids: Sequence[str], repetitions: int = 0) -> Optional[Reply]:
        self.asked.append((kind, tuple(oids)))
        return self._spoil(kind, oids, repetitions, self._device.request(kind, oids, repetitions))

    def hurry(self, timeout_s: float) -> None:
        self.hurried = True


def sound(_kind: str, _oids: Sequence[str], _repetitions: int, reply: Optional[Reply]) -> Optional[Reply]:
    return reply


def unknown(reply: Optional[Reply]) -> int:
    """Place of the first object that is not there, 0 when all are."""
    return next((place for place, (_, value) in enumerate(reply.rows if reply else (), 1) if value is None), 0)


def test_a_sound_device_is_asked_in_batches() -> None:
    device = Device(sound)

    assert Asker(device).get(OBJECTS) == KNOWN
    assert [len(oids) for _, oids in device.asked] == [BATCH, BATCH, 8]


def test_v1_answers_no_such_name_for_the_whole_question() -> None:
    def spoil(kind: str, oids: Sequence[str], _repetitions: int, reply: Optional[Reply]) -> Optional[Reply]:
        assert kind != "bulk"
        return Reply(NO_SUCH_NAME, unknown(reply), tuple((oid, None) for oid in oids)) if unknown(reply) else reply

    device = Device(spoil, "1")

    assert Asker(device).get([*OBJECTS, "1.3.9.0"]) == {**KNOWN, "1.3.9.0": None}
    assert len(device.asked) <= 6


@pytest.mark.parametrize("error", [None, GEN_ERR, NO_SUCH_NAME])
def test_a_get_with_an_unknown_object_is_dropped_or_refused(error: Optional[int]) -> None:
    def spoil(kind: str, _oids: Sequence[str], _repetitions: int, reply: Optional[Reply]) -> Optional[Reply]:
        if kind == "get" and unknown(reply):
            return None if error is None else Reply(error, unknown(reply), ())
        return reply

    device = Device(spoil)

    assert Asker(device).get(OBJECTS) == KNOWN
    assert len(device.asked) <= 5
    assert device.hurried == (error != NO_SUCH_NAME)


def test_every_question_for_more_than_one_object_is_dropped() -> None:
    device = Device(lambda _kind, oids, _repetitions, reply: reply if len(oids) == 1 else None)
    asker = Asker(device)

    found = asker.get(OBJECTS)

    assert found == KNOWN
    assert device.hurried
    assert len(device.asked) <= MAX_REQUESTS


def test_too_big_halves_the_batch_for_good() -> None:
    device = Device(lambda _kind, oids, _repetitions, reply: reply if len(oids) <= 5 else Reply(TOO_BIG, 0, ()))
    asker = Asker(device)

    assert asker.get(OBJECTS[:20]) == {oid: KNOWN[oid] for oid in OBJECTS[:20]}
    device.asked.clear()
    assert asker.get(OBJECTS[20:]) == {oid: KNOWN[oid] for oid in OBJECTS[20:]}
    assert max(len(oids) for _, oids in device.asked) <= 5


def test_a_device_that_falls_silent_is_left_alone() -> None:
    device = Device(lambda *_: None)
    asker = Asker(device)

    assert asker.hello() == {}
    assert asker.get(OBJECTS) == {}
    assert asker.walk("1.3.6", 100) == []
    assert len(device.asked) == MAX_SILENT
    assert asker.spent


def test_a_device_that_answers_other_objects_than_asked() -> None:
    device = Device(lambda *_: Reply(OK, 0, (("1.3.6.1.2.1.1.1.0", b"Acme"), ("1.9.9", 3))))

    assert Asker(device).get(["1.3.6.1.2.1.1.1.0", "1.3.1.0"]) == {"1.3.6.1.2.1.1.1.0": b"Acme", "1.3.1.0": None}


def test_a_walk_stays_under_its_prefix_and_within_its_limit() -> None:
    asker = Asker(Device(sound))

    assert len(asker.walk("1.3.6.1.4.1.4711.5", 100)) == 30
    assert [value for _, value in asker.walk("1.3.6.1.4.1.4711.5", 3)] == [0, 2, 4]
    assert asker.walk("1.3.6.1.9", 10) == []


@pytest.mark.parametrize("bulk", [None, Reply(GEN_ERR, 0, ()), Reply(OK, 0, ())])
def test_without_getbulk_a_walk_goes_by_getnext(bulk: Optional[Reply]) -> None:
    device = Device(lambda kind, _oids, _repetitions, reply: bulk if kind == "bulk" else reply)
    asker = Asker(device)

    assert len(asker.walk("1.3.6.1.4.1.4711.5", 8)) == 8
    assert len(asker.walk("1.3.6.1.4.1.4711.5", 8)) == 8
    assert [kind for kind, _ in device.asked].count("bulk") == 1


@pytest.mark.parametrize(
    "step", ["1.3.6.1.4.1.4711.5", "1.3.6.1.4.1.4711.5.0.0", "1.3.6.1.4.1.4711.4.1", "1.3.6.1.4.1.4711.5.x"]
)
def test_a_walk_ends_where_names_do_not_grow(step: str) -> None:
    device = Device(lambda kind, _oids, _repetitions, _reply: Reply(OK, 0, ((step, b"again"),)))

    assert len(Asker(device).walk("1.3.6.1.4.1.4711.5", 1000)) <= 1
    assert len(device.asked) <= 3


def test_a_view_without_end_costs_only_the_requests_of_the_bound() -> None:
    def endless(_kind: str, oids: Sequence[str], _repetitions: int, _reply: Optional[Reply]) -> Optional[Reply]:
        return Reply(OK, 0, ((oids[0] + ".1", b"x"),))

    device = Device(endless)

    assert len(Asker(device).walk("1.3", 10**6)) <= MAX_REQUESTS
    assert len(device.asked) == MAX_REQUESTS


def test_a_slow_device_costs_only_the_deadline() -> None:
    now = [0.0]

    def slow(_kind: str, _oids: Sequence[str], _repetitions: int, reply: Optional[Reply]) -> Optional[Reply]:
        now[0] += 1.9
        return reply

    device = Device(slow)
    asker = Asker(device, deadline_s=10.0, clock=lambda: now[0])

    asker.walk("1.3.6", 10**6)
    asker.get(OBJECTS)

    assert now[0] <= 12.0


def test_what_is_known_when_the_requests_run_out_counts() -> None:
    device = Device(sound)

    answers = collect(Asker(device, max_requests=1), ())

    assert answers is not None
    assert (answers.descr, answers.object) == ("Acme Box", "1.3.6.1.4.1.4711.1")
    assert identify(answers, ()).name is None


def test_no_answer_is_no_device() -> None:
    assert collect(Asker(Device(lambda *_: None)), ()) is None
    assert collect(Asker(Device(lambda *_: Reply(16, 0, ()))), ()) is None  # authorizationError


def test_an_empty_device_is_a_device() -> None:
    empty: Dict[str, Tuple[int, int]] = {}

    answers = collect(Asker(RecordedDevice(dict(empty))), ())

    assert answers is not None
    assert (answers.get(SYS_DESCR), answers.get(SYS_OBJECT)) == (None, None)
    assert identify(answers, ()).plain()["vendor"] is None


def physical(classes: Sequence[int]) -> str:
    """A device whose ENTITY-MIB has these classes, each with a serial number, and no other answer."""
    entry = "1.3.6.1.2.1.47.1.1.1.1"
    lines = ["1.3.6.1.2.1.1.1.0|4|Acme Box", "1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.4711.1"]
    for index, kind in enumerate(classes, 1):
        lines += [f"{entry}.5.{index}|2|{kind}", f"{entry}.11.{index}|4|SER{index:04}"]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("classes", "version", "serial"),
    [
        ([3, 9, 10], "2c", "SER0001"),
        ([8] * 150 + [3] + [8] * 50, "2c", "SER0151"),  # a large router numbers its sensors first
        ([8] * 600 + [3], "2c", None),
        ([11, 3] + [10] * 80, "1", "SER0002"),  # every row costs a request: no more than needed
        ([10] * 80 + [3], "1", None),
    ],
)
def test_the_chassis_is_found_within_the_count(classes: Sequence[int], version: str, serial: Optional[str]) -> None:
    device = RecordedDevice(parse(physical(classes)))
    device.version = version
    asked = Asker(device)

    answers = collect(asked, ())

    assert answers is not None and identify(answers, ()).serial == serial
    assert not asked.spent
