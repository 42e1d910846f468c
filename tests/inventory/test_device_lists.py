"""Lists of network equipment on both engines: what needs attention is the same in SQL and for one device at hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from inventory.store.device_lists import (
    ATTENTION,
    SORTS,
    DeviceFilter,
    attention_counts,
    count_devices,
    devices_at,
    find_device,
    kinds_and_makers,
    list_devices,
    needs_attention,
)
from inventory.store.engine import Store
from inventory.store.scope import NOTHING, Scope
from inventory.store.tables import NetworkDevice
from tests.collector import network, province

MINE = Scope("unit", province.VINH_SON, frozenset({province.VINH_SON}))


@pytest.fixture
def equipped(store: Store) -> Store:
    province.fill(store)
    with store.session() as session:
        network.fill(session)
    return store


def ids(store: Store, **conditions: Any) -> set[int]:
    with store.reading() as session:
        wanted = DeviceFilter(**conditions)
        rows = list_devices(session, wanted, limit=None)
        assert count_devices(session, wanted) == len(rows)
        return {row.device.id or 0 for row in rows}


def test_attention_is_judged_alike_in_sql_and_at_hand(equipped: Store) -> None:
    with equipped.reading() as session:
        rows = list_devices(session, DeviceFilter(), limit=None)
        counts = attention_counts(session, DeviceFilter())
    for code in ATTENTION:
        expected = {row.device.id for row in rows if code in needs_attention(row.device)}
        assert ids(equipped, attention=code) == expected
        assert counts[code] == len(expected) > 0
    assert ids(equipped, attention="any") == {row.device.id for row in rows if needs_attention(row.device)}
    assert counts["any"] == 4


def test_scope_limits_everything(equipped: Store) -> None:
    assert ids(equipped, scope=MINE) == {1, 2, 3, 4, 5, 6}
    assert ids(equipped, scope=MINE, words="brother") == set()
    assert ids(equipped, scope=NOTHING) == set()
    with equipped.reading() as session:
        assert find_device(session, MINE, 7) is None
        found = find_device(session, MINE, 2)
        kinds, makers = kinds_and_makers(session, MINE)
        assert sum(attention_counts(session, DeviceFilter(scope=NOTHING)).values()) == 0
    assert found is not None
    assert (found.site_name, found.unit_name) == ("Trụ sở UBND xã Vĩnh Sơn", "Xã Vĩnh Sơn")
    assert kinds == ["", "modem", "printer", "switch", "ups"]
    assert "Brother" not in makers


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("words", ["", "t"])
def test_every_sort_gives_every_row_once_and_unknown_last(equipped: Store, sort: str, words: str) -> None:
    with equipped.reading() as session:
        wanted = DeviceFilter(words=words)
        total = count_devices(session, wanted)
        for descending in (False, True):
            pages = [list_devices(session, wanted, sort, descending, at, 2) for at in range(0, total, 2)]
            found = [row.device.id for rows in pages for row in rows]
            assert len(found) == len(set(found)) == total


def test_an_unknown_sort_is_refused(equipped: Store) -> None:
    with equipped.reading() as session, pytest.raises(ValueError, match="'colour' is not one of"):
        list_devices(session, DeviceFilter(), "colour")


def test_a_search_folds_diacritics_and_knows_what_people_call_a_kind(equipped: Store) -> None:
    with equipped.reading() as session:
        words = {"ups": "bộ lưu điện (UPS)", "printer": "máy in"}
        for text, found in {"LƯU ĐIỆN": {4}, "luu dien": {4}, "phòng MÁY": {2}, "m404": {3}, "_": set()}.items():
            rows = list_devices(session, DeviceFilter(words=text), kind_words=words)
            assert {row.device.id for row in rows} == found, text


def test_equipment_of_a_site_from_the_line_inwards_and_gone_last(equipped: Store) -> None:
    with equipped.session() as session:
        later = network.NOW - timedelta(days=1)
        session.add(
            NetworkDevice(id=60, site_id=1, kind="modem", first_seen_at=later, last_seen_at=later, gone_at=later)
        )
    with equipped.reading() as session:
        assert [device.id for device in devices_at(session, 1, 10)] == [1, 2, 3, 60]
        assert len(devices_at(session, 1, 2)) == 2


def test_what_is_gone_needs_no_other_attention() -> None:
    device = network.device(1, 1, "ups", battery={"replace": True}, gone_at=network.NOW)
    assert needs_attention(device) == ["gone"]
    assert needs_attention(network.device(1, 1, "ups", battery={"status": "depleted"})) == ["battery"]
    assert needs_attention(network.device(1, 1, "printer", supplies=[1, {"low": None}])) == []
