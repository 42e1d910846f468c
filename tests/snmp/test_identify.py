"""Identification as a whole: generic evidence, what is shown as proof, and that no answers can break it."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Optional, Tuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.snmp import families, generic
from agent.snmp.answers import Answers
from agent.snmp.ask import Asker
from agent.snmp.collect import collect
from agent.snmp.family import FIELDS, TYPES, Family
from agent.snmp.identify import Identity, identify
from agent.snmp.recording import RecordedDevice
from agent.snmp.values import MAX_FIELD, SYS_DESCR, SYS_NAME, SYS_OBJECT, Value

ENT = "1.3.6.1.2.1.47.1.1.1.1"
Device = Dict[str, Any]


def asked(values: Device, known: Tuple[Family, ...] = ()) -> Identity:
    """What is said of a device with these objects; None stands for the usual three."""
    rows = {
        oid: (2 if isinstance(value, int) else 6 if oid == SYS_OBJECT else 4, value) for oid, value in values.items()
    }
    answers = collect(Asker(RecordedDevice(rows)), known)
    assert answers is not None
    return identify(answers, known)


def chassis(index: int = 1, **fields: str) -> Device:
    columns = {"model": 13, "serial": 11, "software": 10, "firmware": 9, "vendor": 12}
    found: Device = {"{}.5.{}".format(ENT, index): 3}
    found.update({"{}.{}.{}".format(ENT, columns[key], index): text.encode() for key, text in fields.items()})
    return found


def box(descr: str = "A box", object_id: str = "1.3.6.1.4.1.65000.1", **more: Any) -> Device:
    return {SYS_DESCR: descr.encode(), SYS_OBJECT: object_id, SYS_NAME: b"box-1", **more}


def test_the_number_in_the_object_names_the_maker() -> None:
    assert asked(box(object_id="1.3.6.1.4.1.368.4")).vendor == "Axis"
    assert asked(box(object_id="1.3.6.1.4.1.3680.4")).vendor is None
    assert asked(box(object_id="1.3.6.1.4.1.8072.3.2.10")).vendor is None
    assert asked(box(object_id="0.0")).vendor is None


def test_a_maker_that_the_text_begins_with_beats_the_number() -> None:
    assert asked(box("Lexmark X1", "1.3.6.1.4.1.11.2.3")).vendor == "Lexmark"
    assert asked(box("Lexmarket X1", "1.3.6.1.4.1.11.2.3")).vendor == "HP"
    assert asked(box("Intel Corporation box", "1.3.6.1.4.1.11.2.3")).vendor == "HP", "a maker of parts"


def test_a_maker_that_makes_one_kind_gives_the_type() -> None:
    assert asked(box(object_id="1.3.6.1.4.1.368.4")).type == "camera"
    assert asked(box("Print server", "1.3.6.1.4.1.368.4")).type == "printer"
    assert asked(box("Axis thing", "0.0")).type == "camera"
    assert asked(box(object_id="1.3.6.1.4.1.9.1.1")).type is None
    assert asked(box("Dell thing", "0.0")).type is None


def test_the_chassis_gives_model_version_and_serial() -> None:
    found = asked(box(**chassis(7, model="X-7", serial="SN0007", software="2.1.4", firmware="1.0.0")))

    assert (found.hardware, found.version, found.serial) == ("X-7", "2.1.4", "SN0007")


def test_a_part_is_not_the_chassis() -> None:
    part: Device = {
        ENT + ".5.3": 9,
        ENT + ".4.3": 1,
        ENT + ".11.3": b"PART3",
        ENT + ".13.3": b"Fan tray",
        ENT + ".9.3": b"1.1",
    }

    assert asked(box(**part)).serial is None
    assert asked(box(**chassis(9, serial="CH9"), **part)).serial == "CH9"


def test_the_first_chassis_with_a_serial_speaks_for_the_stack() -> None:
    stack: Device = {
        ENT + ".5.1": 11,
        ENT + ".11.1": b"",
        ENT + ".5.2": 3,
        ENT + ".11.2": b"",
        ENT + ".5.3": 3,
        ENT + ".11.3": b"M0003",
    }

    assert asked(box(**stack)).serial == "M0003"


def test_firmware_alone_is_no_version() -> None:
    assert asked(box(**chassis(firmware="1.0.0"))).version is None


@pytest.mark.parametrize(
    "model", ["1.3.6.1.4.1.9.12.3.1.3", "N/A", "a very long sentence that tells a story about the box and what it does"]
)
def test_a_model_that_is_none(model: str) -> None:
    assert asked(box(**chassis(model=model))).hardware is None


def test_a_printer_by_its_mib() -> None:
    printer: Device = {
        "1.3.6.1.2.1.43.5.1.1.1.1": 4,
        "1.3.6.1.2.1.43.5.1.1.17.1": b"P-4711",
        "1.3.6.1.2.1.25.3.2.1.3.1": b"Acme Jet 3",
    }

    found = asked(box(**printer))

    assert (found.type, found.hardware, found.serial) == ("printer", "Acme Jet 3", "P-4711")


def test_one_word_is_a_model_only_of_a_known_maker() -> None:
    assert asked(box("GS-2404X", "1.3.6.1.4.1.368.4")).hardware == "GS-2404X"
    assert asked(box("Axis GS-2404X of ours", "0.0")).hardware == "GS-2404X"
    assert asked(box("GS-2404X", "0.0")).hardware is None, "may as well be a name that somebody gave"
    assert asked(box("SW-CORE-2", "1.3.6.1.4.1.368.4")).hardware is None, "is one"


@pytest.mark.parametrize("oid", generic.PRINTER_IDS)
def test_a_printer_by_what_it_tells_the_spooler(oid: str) -> None:
    said: Device = {oid: b"MFG:SHARP;MDL:MX-B355W;CMD:PJL,PCL6;SN:83012345;CLS:PRINTER;"}

    found = asked(box("Network interface", "0.0", **said))
    sold_by_another = asked(box("Network interface", "1.3.6.1.4.1.11.2.3.9.1", **said))

    assert (found.vendor, found.type, found.hardware, found.serial) == ("Sharp", "printer", "MX-B355W", "83012345")
    assert sold_by_another.vendor == "Sharp"


def test_a_processor_is_no_printer_model() -> None:
    processor: Device = {"1.3.6.1.2.1.25.3.2.1.3.1": b"GenuineIntel"}
    assert asked(box("Linux x", "1.3.6.1.4.1.8072.3.2.10", **processor)).hardware is None


def test_a_ups_by_its_mib_unless_it_says_otherwise() -> None:
    ups: Device = {
        "1.3.6.1.2.1.33.1.1.1.0": b"Eaton",
        "1.3.6.1.2.1.33.1.1.2.0": b"5PX 3000",
        "1.3.6.1.2.1.33.1.1.3.0": b"1.1",
    }

    found = asked(box("SNMP adapter", "0.0", **ups))

    assert (found.vendor, found.type, found.hardware, found.version) == ("Eaton", "ups", "5PX 3000", None)
    assert asked(box("Rectifier", **ups)).type == "power"


def test_lldp_med_inventory() -> None:
    med = "1.0.8802.1.1.2.1.5.4795.1.2."
    inventory: Device = {med + "4.0": b"3.2.1", med + "5.0": b"M-1", med + "6.0": b"Snom", med + "7.0": b"D7"}
    found = asked(box(**inventory))

    assert (found.vendor, found.hardware, found.version, found.serial) == ("Snom", "D7", "3.2.1", "M-1")


def test_a_cable_modem_by_its_prescribed_text() -> None:
    text = "A modem <<HW_REV: 1; VENDOR: Hitron; BOOTR: 1.0; SW_REV: 4.5.6; MODEL: CGN3>>"

    number: Device = {"1.3.6.1.2.1.69.1.1.4.0": b"CM0001"}
    found = asked(box(text, "1.3.6.1.4.1.65000.1", **number))

    assert found.plain() == {
        "vendor": "Hitron", "type": "modem", "os": None, "hardware": "CGN3", "version": "4.5.6", "serial": "CM0001",
        "name": "box-1", "evidence": list(found.evidence),
    }  # fmt: skip


def bridge(ports: int, services: int, kinds: List[int]) -> Device:
    found: Device = {"1.3.6.1.2.1.17.1.2.0": ports, "1.3.6.1.2.1.1.7.0": services}
    found.update({"1.3.6.1.2.1.2.2.1.3.{}".format(place): kind for place, kind in enumerate(kinds, 1)})
    return found


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        (bridge(24, 2, [6] * 24), "switch"),
        (bridge(24, 6, [6] * 24), "switch"),
        (bridge(24, 4, [6] * 24), None),
        (bridge(24, 72, [6] * 24), None),
        (bridge(2, 2, [6] * 2), None),
        (bridge(24, 2, [6] * 6 + [71] * 2), None),
        (bridge(24, 2, [250] * 24), None),
    ],
)
def test_a_bridge_with_many_ethernet_ports_is_a_switch(more: Device, kind: Optional[str]) -> None:
    assert asked(box("Thing", **more)).type == kind


def test_every_evidence_row_says_which_fields_it_proves() -> None:
    rules = "[family]\nvendor = Acme\nenterprises = 65000\n[box]\ntype = switch\nversion = 1.3.6.1.4.1.65000.2.0\nos = AcmeOS"
    version: Device = {"1.3.6.1.4.1.65000.2.0": b"  3.1\r\n"}
    device = box("A box, S/N: 12AB34", **version)

    found = asked(device, (families.parse("acme", rules),))

    assert found.plain()["evidence"] == [
        {"object": SYS_DESCR, "value": "A box, S/N: 12AB34", "fields": ["serial"]},
        {"object": SYS_OBJECT, "value": "1.3.6.1.4.1.65000.1", "fields": []},
        {"object": "1.3.6.1.4.1.65000.2.0", "value": "3.1", "fields": ["version"]},
        {"object": SYS_NAME, "value": "box-1", "fields": ["name"]},
        {"rule": "acme/box", "fields": ["vendor", "type", "os", "version"]},
    ]


def test_a_type_that_we_do_not_have_is_not_printed() -> None:
    rules = "[family]\nenterprises = 65000\n[box]\ntype = descr (\\w+)$"
    known = (families.parse("acme", rules),)

    assert asked(box("A router"), known).type == "router"
    assert asked(box("A toaster"), known).type is None


def test_the_list_of_makers_is_sound() -> None:
    makers = generic.enterprises()

    assert len(makers) > 800
    assert all(kind in ("", *TYPES) for _, kind in makers.values())
    assert all(name == name.strip() and name for name, _ in makers.values())
    assert not {"8072", "2021", "311", "99", "4413"} & set(makers), "toolkits and chips name no device"


_FOREIGN = st.one_of(st.integers(-(2**31), 2**64), st.binary(max_size=400), st.text(max_size=400))
_SEEN = sorted(
    {source.name for family in families.load() for rule in family.rules for sources in rule.fields.values()
     for source in sources if source.kind == "oid"}
    | {condition.oid for family in families.load() for rule in family.rules for condition in rule.has}
)  # fmt: skip
_OIDS = st.one_of(
    st.sampled_from(_SEEN), st.just(ENT + ".13.1"), st.just(ENT + ".11.1"), st.just("1.3.6.1.2.1.43.5.1.1.1.1")
)
_NUMBERS = sorted({number for family in families.load() for number in family.enterprises})


@settings(deadline=None)
@given(
    st.dictionaries(_OIDS, _FOREIGN, max_size=12),
    _FOREIGN,
    st.one_of(_FOREIGN, st.sampled_from(_NUMBERS).map(lambda number: "1.3.6.1.4.1.{}.1.2.3".format(number))),
    st.lists(_FOREIGN, max_size=3),
)
def test_any_answers_give_bounded_texts(
    values: Dict[str, Value], descr: Value, object_id: Value, rows: List[Value]
) -> None:
    answers = Answers()
    for oid, value in {**values, SYS_DESCR: descr, SYS_OBJECT: object_id}.items():
        answers.put(oid, value)
        answers.put_rows(oid.rpartition(".")[0], [("{}.{}".format(oid, place), row) for place, row in enumerate(rows)])
    answers.put_rows(ENT + ".5", [(ENT + ".5.1", 3)])

    plain = identify(answers, families.load()).plain()

    assert set(plain) == {*FIELDS, "evidence"}
    assert plain["type"] in (None, *TYPES)
    assert all(plain[key] is None or 0 < len(plain[key]) <= MAX_FIELD for key in FIELDS)
    assert all(plain[key] is None or plain[key].isprintable() for key in FIELDS)
    assert len(json.dumps(plain)) < 64 * 1024
