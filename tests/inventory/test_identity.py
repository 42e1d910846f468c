"""Who is who: several identifiers are weighed; placeholders never count; doubt goes to people."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.domain.identity import (
    SINGLE_KINDS,
    WEIGHTS,
    Doubt,
    Identifier,
    New,
    Same,
    compare,
    identifiers,
    identify,
    is_clone,
    usable_serial,
    usable_uuid,
)

PLACEHOLDERS = [
    "To be filled by O.E.M.",
    "To Be Filled By O.E.M. To Be Filled By O.E.M.",
    "Default string",
    "System Serial Number",
    "0123456789",
    "None",
    "Not Specified",
    "........",
    "XXXXXXXX",
    "00000000",
    "0",
    "",
    "   ",
    "N/A",
    "OEM",
]
UUID_PLACEHOLDERS = [
    "00000000-0000-0000-0000-000000000000",
    "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
    "03000200-0400-0500-0006-000700080009",
    "00020003-0004-0005-0006-000700080009",
    "not a uuid",
    "",
]


def ids(name: str, **changed: str) -> frozenset[Identifier]:
    """All identifiers of a PC; `changed` replaces (or with "" removes) kinds."""
    found = {kind: changed.get(kind, f"{kind}-{name}") for kind in WEIGHTS}
    return frozenset((kind, value) for kind, value in found.items() if value)


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_placeholder_serials_are_nothing(text: str) -> None:
    assert usable_serial(text) == ""


@pytest.mark.parametrize("text", UUID_PLACEHOLDERS)
def test_placeholder_uuids_are_nothing(text: str) -> None:
    assert usable_uuid(text) == ""


def test_one_uuid_in_both_byte_orders_is_one() -> None:
    windows = usable_uuid("{4C4C4544-0042-3510-8053-B4C04F4D3532}")

    assert windows
    assert windows == usable_uuid("44454c4c-4200-1035-8053-b4c04f4d3532")


def test_identifiers_leave_out_what_moves_or_is_invented() -> None:
    hardware = {
        "system_uuid": "4c4c4544-0042-3510-8053-b4c04f4d3532",
        "system_serial": "5BSM522",
        "board_serial": "Default string",
        "disks": [
            {"serial": "WD-WCC1", "bus": "sata"},
            {"serial": "USBSTICK1", "bus": "usb"},
            {"serial": "SDCARD123", "removable": True},
            {"serial": "QM00001", "bus": "sata"},
        ],
    }
    interfaces = {
        "interfaces": [
            {"kind": "wired", "mac_prefix": "00:11:22", "mac_hash": "aa"},
            {"kind": "virtual", "mac_prefix": "00:11:22", "mac_hash": "bb"},
            {"kind": "wireless", "mac_prefix": "da:a1:19", "mac_hash": "cc"},  # locally administered: random
            {"kind": "mobile", "mac_prefix": "00:11:22", "mac_hash": "dd"},
        ]
    }

    found = identifiers(hardware, interfaces, "agent1")

    assert {kind for kind, _ in found} == {"system_uuid", "system_serial", "disk_serial", "mac", "agent"}
    assert {value for kind, value in found if kind in ("disk_serial", "mac")} == {"WD-WCC1", "aa"}


def test_reinstalled_windows_with_a_new_agent_is_the_same_pc() -> None:
    verdict = identify(ids("a", agent="new"), {7: ids("a")})

    assert isinstance(verdict, Same)
    assert verdict.machine_id == 7


def test_a_new_disk_with_a_new_agent_is_the_same_pc() -> None:
    assert isinstance(identify(ids("a", agent="new", disk_serial="ssd"), {7: ids("a")}), Same)


def test_a_new_board_is_the_same_pc_when_disk_and_case_agree() -> None:
    board = {"system_uuid": "u2", "board_serial": "b2", "mac": "m2"}

    assert isinstance(identify(ids("a", agent="new", **board), {7: ids("a")}), Same)
    assert isinstance(identify(ids("a", system_serial="", **board), {7: ids("a", system_serial="")}), Same)


def test_a_disk_in_another_case_is_a_question() -> None:
    moved = ids("b", disk_serial="disk_serial-a", agent="agent-a")

    assert identify(moved, {7: ids("a")}) == Doubt((7,), "disk_moved", compare(moved, ids("a")).evidence)


def test_a_disk_put_into_a_pc_that_we_know_is_that_pc() -> None:
    moved = ids("b", disk_serial="disk_serial-a", agent="agent-a")
    verdict = identify(moved, {7: ids("a"), 8: ids("b")})

    assert isinstance(verdict, Same)
    assert verdict.machine_id == 8


def test_a_batch_with_copied_firmware_numbers_is_never_merged() -> None:
    one = ids("a")
    other = ids("b", system_uuid="system_uuid-a", system_serial="system_serial-a")

    assert isinstance(identify(other, {1: one}), Doubt)
    assert isinstance(identify(ids("b", system_uuid="system_uuid-a"), {1: one}), New)


def test_one_strong_identifier_alone_is_enough_only_without_contradiction() -> None:
    strong = frozenset({("system_uuid", "u")})

    assert isinstance(identify(strong, {1: strong}), Same)
    assert isinstance(identify(strong | {("mac", "m")}, {1: strong | {("mac", "n")}}), Doubt)


def test_a_network_card_alone_is_a_question_and_an_agent_alone_nothing() -> None:
    assert isinstance(identify(frozenset({("mac", "m")}), {1: frozenset({("mac", "m")})}), Doubt)
    assert isinstance(identify(frozenset({("agent", "x")}), {1: ids("a", agent="x")}), New)


def test_common_values_prove_nothing() -> None:
    seen = frozenset({("system_serial", "PC-1"), ("board_serial", "MB-1")})

    assert isinstance(identify(seen, {1: seen}), Same)
    assert isinstance(identify(seen, {1: seen}, common=seen), New)


def test_two_equal_candidates_are_a_question() -> None:
    assert identify(ids("a"), {3: ids("a"), 2: ids("a")}) == Doubt(
        (2, 3), "several_match", compare(ids("a"), ids("a")).evidence
    )


def test_an_imaged_disk_is_a_clone_and_a_repair_is_not() -> None:
    assert is_clone(ids("a"), ids("b", agent="agent-a"))
    assert not is_clone(ids("a"), ids("b", agent="agent-a", disk_serial="disk_serial-a"))
    assert not is_clone(ids("a"), ids("a", mac="usb-card"))
    assert not is_clone(frozenset({("agent", "x")}), ids("a", agent="x"))


def _machine_ids() -> st.SearchStrategy[frozenset[Identifier]]:
    values = st.sampled_from(["1", "2", "3"])
    return st.frozensets(st.tuples(st.sampled_from(list(WEIGHTS)), values), max_size=8).map(
        lambda found: frozenset(
            one for one in found if one[0] not in SINGLE_KINDS or one == min(i for i in found if i[0] == one[0])
        )
    )


@given(_machine_ids(), _machine_ids())
def test_comparing_is_symmetric(one: frozenset[Identifier], other: frozenset[Identifier]) -> None:
    assert compare(one, other) == compare(other, one)


@given(_machine_ids(), st.dictionaries(st.integers(1, 6), _machine_ids(), max_size=5), st.randoms())
def test_the_order_of_known_machines_has_no_influence(
    seen: frozenset[Identifier], known: dict[int, frozenset[Identifier]], random: Any
) -> None:
    shuffled = list(known.items())
    random.shuffle(shuffled)

    assert identify(seen, known) == identify(seen, dict(shuffled))


@given(_machine_ids(), _machine_ids())
def test_cards_and_disks_that_both_differ_are_never_one_pc(
    one: frozenset[Identifier], other: frozenset[Identifier]
) -> None:
    found = compare(one, other)
    if {"mac", "disk_serial"} <= set(found.differ):
        assert not isinstance(identify(one, {1: other}), Same)


@given(st.sampled_from(PLACEHOLDERS), st.sampled_from(UUID_PLACEHOLDERS), st.text(max_size=8))
def test_placeholders_never_make_two_pcs_one(serial: str, uuid: str, salt: str) -> None:
    hardware = {"system_serial": serial, "board_serial": serial, "system_uuid": uuid, "disks": [{"serial": serial}]}
    card = hashlib.sha256(salt.encode()).hexdigest()[:16]
    one = identifiers(hardware, {"interfaces": []}, "a")
    other = identifiers(
        hardware, {"interfaces": [{"kind": "wired", "mac_prefix": "00:11:22", "mac_hash": card}]}, "b"
    )

    assert isinstance(identify(one, {1: other}), New)
