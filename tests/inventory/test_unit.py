"""Units as pure data: names, search keys, validity, successors, breadcrumbs."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.domain.unit import (
    LinkKind,
    UnitKind,
    UnitLink,
    UnitRow,
    breadcrumb,
    full_name,
    index_links,
    match_key,
    search_key,
    successors_on,
    valid_on,
)

LAST_DAY, FIRST_DAY = date(2025, 6, 30), date(2025, 7, 1)
VIETNAMESE = (
    "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ0123456789 '’-"
)
names = st.text(VIETNAMESE, max_size=30)


def unit(unit_id: str, kind: UnitKind = "xa", parent: str | None = None) -> UnitRow:
    """A unit of the first or the second era, as its id says."""
    begin, end = (None, LAST_DAY) if unit_id.endswith(".1") else (FIRST_DAY, None)
    return UnitRow(unit_id, kind, "Xã", "Vĩnh Sơn", "00000", parent, begin, end, "", None, None)


def link(
    from_id: str, to_id: str, effective: date, kind: LinkKind = "merge", default: bool = True
) -> UnitLink:
    return UnitLink(from_id, to_id, kind, effective, default)


@pytest.mark.parametrize(
    ("label", "name", "expected"),
    [
        ("Xã", "Vĩnh Sơn", "Xã Vĩnh Sơn"),
        ("Phường", "1", "Phường 1"),
        ("Đặc khu", "Côn Đảo", "Đặc khu Côn Đảo"),
    ],
)
def test_full_name_puts_the_type_first(label: str, name: str, expected: str) -> None:
    assert full_name(label, name) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Xã Vĩnh Sơn", "xa vinh son"),
        ("ĐẮK LẮK", "dak lak"),
        ("Ea H'Leo", "ea hleo"),
        ("  Phan Rang -  Tháp Chàm ", "phan rang thap cham"),
        ("Quy Nhơn", "quy nhon"),
        ("Phường 1", "phuong 1"),
        ("", ""),
    ],
)
def test_search_key_of_known_names(text: str, expected: str) -> None:
    assert search_key(text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hòa Bình", "Hoà Bình"),
        ("Thủy", "Thuỷ"),
        ("Quy Nhơn", "Qui Nhơn"),
        ("Phú Quý", "Phú Quí"),
        ("Mỹ Tho", "Mĩ Tho"),
        ("Kỳ Sơn", "Kì Sơn"),
        ("Ea H'Leo", "Ea H’Leo"),
        ("Ea H'Leo", "EA HʼLEO"),
        ("Vĩnh\u00a0Sơn", "vĩnh  sơn"),
        ("Phan Rang - Tháp Chàm", "Phan Rang-Tháp Chàm"),
    ],
)
def test_search_key_joins_spellings_of_one_name(one: str, other: str) -> None:
    assert match_key(one) == match_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Thúy", "Thúi"),
        ("Tây", "Tai"),
        ("Kim Sơn", "Kym Sơn"),
        ("Thi Sơn", "Thy Sơn"),
        ("Phường 1", "Phường 11"),
    ],
)
def test_search_key_keeps_different_names_apart(one: str, other: str) -> None:
    assert match_key(one) != match_key(other)


@given(st.text(max_size=40))
def test_search_key_of_a_key_is_the_key(text: str) -> None:
    assert search_key(search_key(text)) == search_key(text)


@given(st.text(max_size=40))
def test_search_key_does_not_depend_on_the_unicode_form(text: str) -> None:
    assert search_key(unicodedata.normalize("NFD", text)) == search_key(unicodedata.normalize("NFC", text))


@given(names)
def test_search_key_does_not_depend_on_case(text: str) -> None:
    assert search_key(text.upper()) == search_key(text.lower()) == search_key(text.title())


def test_both_ends_of_validity_count() -> None:
    old, new = unit("x21787.1"), unit("x21787.2")

    assert valid_on(old, LAST_DAY)
    assert not valid_on(old, FIRST_DAY)
    assert not valid_on(new, LAST_DAY)
    assert valid_on(new, FIRST_DAY)


def test_a_unit_without_dates_is_always_valid() -> None:
    always = UnitRow("x1.1", "xa", "Xã", "A", "00001", None, None, None, "", None, None)

    assert valid_on(always, date.min)
    assert valid_on(always, date.max)


def test_there_are_no_successors_before_the_day() -> None:
    links = [link("x1.1", "x9.2", FIRST_DAY)]

    assert successors_on(links, "x1.1", LAST_DAY) == ()
    assert successors_on(links, "x1.1", FIRST_DAY) == ("x9.2",)


def test_the_default_successor_comes_first() -> None:
    links = [
        link("x1.1", "x8.2", FIRST_DAY, "split", default=False),
        link("x1.1", "x9.2", FIRST_DAY, "split"),
    ]

    assert successors_on(links, "x1.1", FIRST_DAY) == ("x9.2", "x8.2")


def test_successors_of_successors_are_followed_as_far_as_the_day_allows() -> None:
    later = date(2026, 8, 4)
    links = [
        link("x1.1", "x2.2", FIRST_DAY, "split"),
        link("x1.1", "x3.2", FIRST_DAY, "split", default=False),
        link("x2.2", "x4.3", later),
        link("x3.2", "x4.3", later),
    ]

    assert successors_on(links, "x1.1", FIRST_DAY) == ("x2.2", "x3.2")
    assert successors_on(links, "x1.1", later) == ("x4.3",)


def test_an_index_gives_the_same_answer_as_the_list() -> None:
    links = [
        link("x1.1", "x8.2", FIRST_DAY, "split", default=False),
        link("x1.1", "x9.2", FIRST_DAY, "split"),
    ]

    assert successors_on(index_links(links), "x1.1", FIRST_DAY) == successors_on(links, "x1.1", FIRST_DAY)


def test_an_unknown_or_living_unit_has_no_successors() -> None:
    assert successors_on([], "x1.2", FIRST_DAY) == ()


def test_links_in_a_circle_are_an_error() -> None:
    links = [link("x1.1", "x2.1", FIRST_DAY), link("x2.1", "x1.1", FIRST_DAY)]

    with pytest.raises(ValueError, match=r"circle: x1\.1 -> x2\.1 -> x1\.1"):
        successors_on(links, "x1.1", FIRST_DAY)


def test_breadcrumb_goes_from_province_to_commune() -> None:
    chain = [unit("t52.1", "tinh"), unit("h540.1", "huyen", "t52.1"), unit("x21790.1", "xa", "h540.1")]

    assert breadcrumb({u.id: u for u in chain}, "x21790.1") == tuple(chain)


def test_breadcrumb_of_an_unknown_unit_is_an_error() -> None:
    with pytest.raises(KeyError, match=r"x1\.2"):
        breadcrumb({}, "x1.2")


def test_breadcrumb_of_parents_in_a_circle_is_an_error() -> None:
    units = {"h1.1": unit("h1.1", "huyen", "h2.1"), "h2.1": unit("h2.1", "huyen", "h1.1")}

    with pytest.raises(ValueError, match=r"parents of unit h1\.1 run in a circle"):
        breadcrumb(units, "h1.1")
