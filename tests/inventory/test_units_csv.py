"""Facts of the field that the shipped unit list must hold."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from inventory.domain.unit import UnitLink, UnitRow, breadcrumb, full_name, index_links, successors_on
from inventory.transfer.units_csv import read_units

SHIPPED = Path(__file__).resolve().parents[2] / "config" / "units.csv"
FIRST_DAY = date(2025, 7, 1)


class Shipped(NamedTuple):
    """The shipped file, read once."""

    units: dict[str, UnitRow]
    links: dict[str, list[UnitLink]]

    def old(self, province: str, name: str, kind: str = "xa") -> UnitRow:
        """The only old unit of that kind and name in the old province of that id."""
        found = [
            u
            for u in self.units.values()
            if (u.kind, u.name, u.id[-2:]) == (kind, name, ".1") and breadcrumb(self.units, u.id)[0].id == province
        ]
        assert len(found) == 1, found
        return found[0]

    def now(self, unit_id: str) -> tuple[str, ...]:
        return successors_on(self.links, unit_id, FIRST_DAY)

    def names_now(self, unit_id: str) -> set[str]:
        return {self.units[i].name for i in self.now(unit_id)}


@pytest.fixture(scope="module")
def shipped() -> Shipped:
    units, links = read_units(SHIPPED)
    return Shipped({u.id: u for u in units}, index_links(links))


def test_counts_are_the_official_ones(shipped: Shipped) -> None:
    counts = Counter((u.kind, u.id[-1]) for u in shipped.units.values())

    assert counts == {
        ("tinh", "1"): 63,
        ("huyen", "1"): 696,
        ("xa", "1"): 10035,
        ("tinh", "2"): 34,
        ("xa", "2"): 3321,
    }


def test_types_of_new_communes(shipped: Shipped) -> None:
    types = Counter(u.type_label for u in shipped.units.values() if u.kind == "xa" and u.valid_to is None)

    assert types == {"Xã": 2621, "Phường": 687, "Đặc khu": 13}


@pytest.mark.parametrize(
    ("old", "new", "districts", "communes", "now", "divided"),
    [
        ("t52.1", "t52.2", 11, 155, 58, 3),
        ("t66.1", "t66.2", 15, 180, 68, 1),
        ("t60.1", "t68.2", 10, 121, 45, 2),
        ("t77.1", "t79.2", 7, 77, 29, 0),
        ("t19.1", "t19.2", 9, 172, 55, 3),
    ],
)
def test_the_five_provinces(
    shipped: Shipped, old: str, new: str, districts: int, communes: int, now: int, divided: int
) -> None:
    """Districts and communes before, new communes from them, communes divided; no link leaves the new province.

    Bình Thuận: xã Phong Phú and xã Hòa Thắng; the field notes count one, the merging act names parts of both.
    """
    under = [u for u in shipped.units.values() if u.parent_id == old]
    below = [u for u in shipped.units.values() if u.parent_id in {d.id for d in under}]
    goals = {i for u in below for i in shipped.now(u.id)}

    assert (len(under), len(below), len(goals)) == (districts, communes, now)
    assert sum(len(shipped.now(u.id)) > 1 for u in below) == divided
    assert {shipped.units[i].parent_id for i in goals} == {new} == set(shipped.now(old))


@pytest.mark.parametrize(
    ("province", "types"),
    [
        ("t52.2", {"Xã": 110, "Phường": 25}),
        ("t66.2", {"Xã": 88, "Phường": 14}),
        ("t68.2", {"Xã": 103, "Phường": 20, "Đặc khu": 1}),
        ("t79.2", {"Xã": 54, "Phường": 113, "Đặc khu": 1}),
        ("t19.2", {"Xã": 77, "Phường": 15}),
    ],
)
def test_communes_of_the_new_provinces(shipped: Shipped, province: str, types: dict[str, int]) -> None:
    assert Counter(u.type_label for u in shipped.units.values() if u.parent_id == province) == types


def test_vinh_kim_went_to_vinh_son(shipped: Shipped) -> None:
    vinh_kim = shipped.old("t52.1", "Vĩnh Kim")

    assert shipped.now(vinh_kim.id) == ("x21787.2",)
    assert full_name(shipped.units["x21787.2"].type_label, shipped.units["x21787.2"].name) == "Xã Vĩnh Sơn"
    assert shipped.links[vinh_kim.id][0].kind == "merge"
    assert [full_name(u.type_label, u.name) for u in breadcrumb(shipped.units, vinh_kim.id)] == [
        "Tỉnh Bình Định",
        "Huyện Vĩnh Thạnh",
        "Xã Vĩnh Kim",
    ]


def test_districts_of_binh_dinh(shipped: Shipped) -> None:
    vinh_thanh = shipped.old("t52.1", "Vĩnh Thạnh", "huyen")

    assert shipped.names_now(vinh_thanh.id) == {"Vĩnh Quang", "Vĩnh Sơn", "Vĩnh Thạnh", "Vĩnh Thịnh"}
    assert shipped.units[shipped.now(vinh_thanh.id)[0]].name == "Vĩnh Thạnh"
    assert len(shipped.now(shipped.old("t52.1", "Vân Canh", "huyen").id)) == 3
    assert len(shipped.now(shipped.old("t52.1", "An Lão", "huyen").id)) == 4


def test_phu_binh_in_thai_nguyen(shipped: Shipped) -> None:
    assert len(shipped.now(shipped.old("t19.1", "Phú Bình", "huyen").id)) == 5
    assert shipped.names_now(shipped.old("t19.1", "Bàn Đạt").id) == {"Tân Khánh"}
    assert shipped.names_now(shipped.old("t19.1", "Xuân Phương").id) == {"Phú Bình"}


def test_recycled_codes_are_different_units(shipped: Shipped) -> None:
    assert (shipped.units["t52.1"].name, shipped.units["t52.2"].name) == ("Bình Định", "Gia Lai")
    assert (shipped.units["x00004.1"].name, shipped.units["x00004.2"].name) == ("Trúc Bạch", "Ba Đình")
    assert shipped.now("t64.1") == ("t52.2",)
    assert "t64.2" not in shipped.units


@pytest.mark.parametrize(
    ("district", "name"),
    [
        ("h318.1", "Bạch Long Vĩ"),
        ("h471.1", "Cồn Cỏ"),
        ("h498.1", "Hoàng Sa"),
        ("h536.1", "Lý Sơn"),
        ("h755.1", "Côn Đảo"),
    ],
)
def test_islands_without_communes_became_special_zones(shipped: Shipped, district: str, name: str) -> None:
    (zone,) = (shipped.units[i] for i in shipped.now(district))

    assert not [u for u in shipped.units.values() if u.parent_id == district]
    assert (zone.type_label, zone.name, shipped.links[district][0].kind) == ("Đặc khu", name, "retype")


def test_every_old_unit_has_new_successors_and_every_new_commune_a_source(shipped: Shipped) -> None:
    goals: set[str] = set()
    for unit in shipped.units.values():
        if unit.valid_to:
            successors = [shipped.units[i] for i in shipped.now(unit.id)]
            goals.update(s.id for s in successors)
            assert successors, unit
            assert all(s.valid_from == FIRST_DAY for s in successors), unit
            assert {s.kind for s in successors} == {"tinh" if unit.kind == "tinh" else "xa"}, unit
            assert [link.is_default for link in shipped.links[unit.id]] == [True] + [False] * (len(successors) - 1)

    assert goals == {u.id for u in shipped.units.values() if u.valid_to is None}


def test_divided_communes_are_as_many_as_measured(shipped: Shipped) -> None:
    sizes = Counter(len(shipped.now(u.id)) for u in shipped.units.values() if u.kind == "xa" and u.valid_to)

    assert (sizes[1], sum(sizes.values()) - sizes[1], max(sizes)) == (9593, 442, 5)


def test_namesakes_do_not_get_each_others_successors(shipped: Shipped) -> None:
    assert shipped.names_now(shipped.old("t94.1", "Thạnh Quới").id) == {"Gia Hòa"}
    assert shipped.names_now(shipped.old("t92.1", "Thạnh Quới").id) == {"Thạnh Quới"}


def test_no_new_commune_name_is_twice_in_a_province(shipped: Shipped) -> None:
    names = Counter(
        (u.parent_id, full_name(u.type_label, u.name)) for u in shipped.units.values() if u.id.endswith(".2")
    )

    assert max(names.values()) == 1


def test_known_points_lie_in_the_country_or_its_islands(shipped: Shipped) -> None:
    for unit in shipped.units.values():
        if unit.lat is not None and unit.lon is not None:
            assert 7.5 < unit.lat < 23.5 and 102 < unit.lon < 115, unit
