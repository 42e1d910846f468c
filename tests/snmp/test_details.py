"""Ports, printer supplies and pages, UPS battery: pure readings of IF-MIB, Printer-MIB, UPS-MIB and of a family's own MIB."""

from __future__ import annotations

from typing import Any, Dict, Optional, Tuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.snmp import details, families
from agent.snmp.answers import Answers
from agent.snmp.ask import Asker
from agent.snmp.families import parse
from agent.snmp.family import Family
from agent.snmp.recording import RecordedDevice
from agent.snmp.values import Value
from agent.wire import codec
from agent.wire.sections_lan import BatteryInfo, DeviceInfo, PortInfo, SupplyInfo

IF, IFX, SUPPLY = details.IF, details.IFX, details.SUPPLY


def read(values: Dict[str, Value], kind: Optional[str] = None, family: Optional[Family] = None) -> Answers:
    rows: Dict[str, Tuple[int, Value]] = {
        oid: (2 if isinstance(value, int) else 4, value) for oid, value in values.items()
    }
    answers = Answers()
    details.read(Asker(RecordedDevice(rows), details.MAX_REQUESTS), answers, family, kind)
    return answers


def port(index: int, **columns: Any) -> Dict[str, Value]:
    names = {"descr": IF + ".2", "type": IF + ".3", "speed": IF + ".5", "status": IF + ".8", "in_discards": IF + ".13",
             "in_errors": IF + ".14", "out_discards": IF + ".19", "out_errors": IF + ".20", "name": IFX + ".1", "high": IFX + ".15"}  # fmt: skip
    return {"{}.{}".format(names[key], index): value for key, value in columns.items()}


def test_a_port_with_everything() -> None:
    values = port(3, descr=b"Gigabit 0/3", name=b"Gi0/3", type=6, speed=10**9, high=1000, status=1, in_errors=2, out_errors=3,
                  in_discards=0, out_discards=4)  # fmt: skip

    assert details.ports(read(values)) == (PortInfo(3, "Gi0/3", True, 1000, 5, 4),)


def test_what_a_port_does_not_say_is_unknown() -> None:
    assert details.ports(read(port(1, descr=b"eth0"))) == (PortInfo(1, "eth0", None, None, None, None),)


@pytest.mark.parametrize(
    ("status", "up"), [(1, True), (2, False), (3, None), (4, None), (6, False), (7, False), (99, None)]
)
def test_status(status: int, up: Optional[bool]) -> None:
    assert details.ports(read(port(1, descr=b"eth0", status=status)))[0].is_up is up


@pytest.mark.parametrize(
    ("speed", "high", "mbps"),
    [
        (10**8, None, 100),
        (2**32 - 1, 10000, 10000),
        (2**32 - 1, None, None),
        (0, 0, None),
        (56000, None, None),
        (-1, -1, None),
    ],
)
def test_speed(speed: int, high: Optional[int], mbps: Optional[int]) -> None:
    values = port(1, descr=b"p", speed=speed, **({} if high is None else {"high": high}))

    assert details.ports(read(values))[0].speed_mbps == mbps


def test_loopbacks_and_vlans_are_no_ports() -> None:
    kinds = {1: 24, 2: 53, 3: 6, 4: 71, 5: 131, 6: 161, 7: 135}
    values: Dict[str, Value] = {}
    for index, kind in kinds.items():
        values.update(port(index, descr=b"p", type=kind))

    assert [found.index for found in details.ports(read(values))] == [3, 4]


def test_a_device_with_a_thousand_ports_gives_as_many_as_a_report_may_hold() -> None:
    values: Dict[str, Value] = {}
    for index in range(1, 1001):
        values.update(port(index, descr=b"p", type=6))

    assert len(details.ports(read(values))) == details.MAX_PORTS


def supply(index: str, descr: bytes, level: int, most: int, kind: int = 3) -> Dict[str, Value]:
    return {
        SUPPLY + ".4." + index: kind,
        SUPPLY + ".6." + index: descr,
        SUPPLY + ".8." + index: most,
        SUPPLY + ".9." + index: level,
    }


@pytest.mark.parametrize(
    ("level", "most", "kind", "percent", "low"),
    [
        (50, 100, 3, 50, False),
        (900, 9000, 3, 10, True),
        (0, 100, 3, 0, True),
        (-3, 100, 3, None, False),
        (-2, 100, 3, None, None),
        (50, -2, 3, None, None),
        (120, 100, 3, None, None),
        (50, 100, 4, None, None),
    ],
)
def test_a_supply(level: int, most: int, kind: int, percent: Optional[int], low: Optional[bool]) -> None:
    found = details.supplies(read(supply("1.1", b"Black Toner\x00", level, most, kind), "printer"))

    assert found == (SupplyInfo("Black Toner", percent, low),)


def test_supplies_without_a_name_are_left_out_and_pages_are_the_largest_count() -> None:
    values = {**supply("1.1", b"", 5, 10), **supply("1.2", b"Drum", 5, 10), details.MARKER_LIFE + ".1.1": 1200}
    values[details.MARKER_LIFE + ".1.2"] = 900
    answers = read(values, "printer")

    assert [found.name for found in details.supplies(answers)] == ["Drum"]
    assert details.pages(answers) == 1200
    assert details.pages(read({}, "printer")) is None


UPS_ROWS: Dict[str, Value] = {
    details.UPS_STATUS: 2,
    details.UPS_ON_BATTERY: 0,
    details.UPS_MINUTES: 34,
    details.UPS_CHARGE: 98,
}


def test_the_battery_of_ups_mib() -> None:
    assert details.battery(read(UPS_ROWS, "ups"), None) == BatteryInfo("normal", 98, 34, 0, None)
    assert details.battery(read({**UPS_ROWS, details.UPS_STATUS: 1}, "ups"), None) == BatteryInfo("", 98, 34, 0, None)
    assert details.battery(read({details.UPS_CHARGE: 255, details.UPS_MINUTES: 65535}, "ups"), None) is None
    assert details.battery(read({}, "ups"), None) is None


def test_the_battery_of_a_family_with_its_own_mib() -> None:
    own = parse(
        "acme",
        "[family]\nenterprises = 1\n[battery]\npercent = 1.3.1.0\nticks-left = 1.3.2.0\non-battery-ticks = 1.3.3.0\n"
        "status = map status 1.3.4.0\nreplace = map replace 1.3.5.0\n"
        "[map status]\n2 = normal\n3 = low\n[map replace]\n1 = no\n2 = yes",
    )
    values: Dict[str, Value] = {"1.3.1.0": 0, "1.3.2.0": 60000, "1.3.3.0": 4500, "1.3.4.0": 3, "1.3.5.0": 2}

    assert details.battery(read(values, "ups", own), own) == BatteryInfo("low", 0, 10, 45, True)
    assert details.battery(read({**UPS_ROWS, "1.3.5.0": 1}, "ups", own), own) == BatteryInfo("normal", 98, 34, 0, False)


def test_the_battery_sections_that_ship_give_words_that_we_know() -> None:
    known = [family for family in families.load() if family.battery]

    for family in known:
        for key in ("status", "replace"):
            for source in family.battery.get(key, ()):
                words = set(family.maps[source.name].values())
                assert words <= ({"normal", "low", "depleted"} if key == "status" else {"yes", "no"}), family.name


_COLUMNS = [IF + ".{}".format(number) for number in (2, 3, 5, 8, 14)] + [
    SUPPLY + ".6",
    SUPPLY + ".9",
    details.MARKER_LIFE,
]
_OIDS = st.builds("{}.{}".format, st.sampled_from(_COLUMNS), st.integers(0, 2**32 - 1))
_FOREIGN = st.one_of(st.integers(-(2**63), 2**64), st.binary(max_size=300), st.text(max_size=100))


@settings(deadline=None)
@given(st.dictionaries(st.one_of(_OIDS, st.sampled_from(list(UPS_ROWS))), _FOREIGN, max_size=20))
def test_any_answers_fit_the_contract(values: Dict[str, Any]) -> None:
    answers = read(values)
    info = DeviceInfo(
        ports=details.ports(answers), supplies=details.supplies(answers), pages=details.pages(answers),
        battery=details.battery(answers, None),
    )  # fmt: skip
    plain = codec.loads(codec.dumps(codec.to_plain(info)))

    assert codec.read(DeviceInfo, plain) == info
