"""The reader of unit lists: small good files, and the exact message for each kind of wrong one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from inventory.domain.unit import UnitLink, UnitRow
from inventory.transfer.units_csv import COLUMNS, UnitsFileError, read_units

FIRST_DAY = date(2025, 7, 1)
HEADER = ",".join(COLUMNS)
P1 = "t52.1,tinh,Tỉnh,Bình Định,52,,,2025-06-30,,,,t52.2,merge"
P2 = "t52.2,tinh,Tỉnh,Gia Lai,52,,2025-07-01,,202/2025/QH15,13.8902,108.438,,"
D1 = "h540.1,huyen,Huyện,Vĩnh Thạnh,540,t52.1,,2025-06-30,,,,x21786.2;x21787.2,split"
C1 = "x21786.2,xa,Xã,Vĩnh Thạnh,21786,t52.2,2025-07-01,,,,,,"
C2 = "x21787.2,xa,Xã,Vĩnh Sơn,21787,t52.2,2025-07-01,,,,,,"
GOOD = [P1, P2, D1, C1, C2]


def write(folder: Path, lines: list[str], header: str = HEADER) -> Path:
    path = folder / "units.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def said(path: Path) -> str:
    """What the reader says about a wrong file, without the folder."""
    with pytest.raises(UnitsFileError) as caught:
        read_units(path)
    return str(caught.value).replace(str(path), "units.csv")


def test_a_small_good_file_is_read(tmp_path: Path) -> None:
    units, links = read_units(write(tmp_path, GOOD))

    assert units[1] == UnitRow(
        "t52.2", "tinh", "Tỉnh", "Gia Lai", "52", None, FIRST_DAY, None, "202/2025/QH15", 13.8902, 108.438
    )
    assert links == [
        UnitLink("t52.1", "t52.2", "merge", FIRST_DAY, True),
        UnitLink("h540.1", "x21786.2", "split", FIRST_DAY, True),
        UnitLink("h540.1", "x21787.2", "split", FIRST_DAY, False),
    ]


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    path.write_bytes(("\ufeff" + "\r\n".join([HEADER, *GOOD]) + "\r\n").encode())

    assert read_units(path) == read_units(write(tmp_path, GOOD))


WRONG = {
    "short line": (
        C2[:-1],
        "units.csv:6: 12 cells instead of 13. Remedy: quote cells that hold a comma and remove empty lines.",
    ),
    "empty line": (
        "",
        "units.csv:6: 0 cells instead of 13. Remedy: quote cells that hold a comma and remove empty lines.",
    ),
    "kind": (
        C2.replace(",xa,", ",thon,"),
        'units.csv:6, column kind: unknown kind "thon". Remedy: write tinh, huyen or xa.',
    ),
    "code": (
        C2.replace("Sơn,21787", "Sơn,2178"),
        (
            'units.csv:6, column code: "2178" is no code of a xa. '
            "Remedy: write 5 digits with leading zeros (spreadsheets drop them: format as text)."
        ),
    ),
    "id": (
        C2.replace("x21787.2", "21787.2"),
        'units.csv:6, column id: "21787.2" does not fit kind xa and code 21787. Remedy: write x21787.<era>.',
    ),
    "twice": (
        C1,
        'units.csv:6, column id: "x21786.2" is already on line 5. Remedy: give each unit one line.',
    ),
    "no name": (C2.replace("Vĩnh Sơn", " "), "units.csv:6, column name: is empty. Remedy: fill in the name."),
    "blank": (
        C2.replace("Xã", "Xã "),
        'units.csv:6, column type_label: "Xã " has blanks at an end. Remedy: remove them.',
    ),
    "decomposed": (
        C2.replace("Sơn", "So\u031bn"),
        'units.csv:6, column name: "Vĩnh So\u031bn" is not composed Unicode. Remedy: normalise the text to NFC.',
    ),
    "date": (
        C2.replace("2025-07-01", "1/7/2025"),
        'units.csv:6, column valid_from: "1/7/2025" is no date. Remedy: write YYYY-MM-DD or leave it empty.',
    ),
    "no such day": (
        C2.replace("2025-07-01,", "2025-07-01,2025-06-31"),
        'units.csv:6, column valid_to: "2025-06-31" is no date. Remedy: write YYYY-MM-DD or leave it empty.',
    ),
    "end before begin": (
        C2.replace("2025-07-01,", "2025-07-01,2025-06-30"),
        "units.csv:6, column valid_to: 2025-06-30 is before valid_from 2025-07-01. Remedy: mend one of the two.",
    ),
    "degrees": (
        C2.replace(",,,,,", ",,,94.1,108.2,"),
        (
            'units.csv:6, column lat: "94.1" is not within -90..90 degrees. '
            "Remedy: write degrees with a decimal point, or leave it empty."
        ),
    ),
    "lat alone": (
        C2.replace(",,,,,", ",,,14.1,,"),
        "units.csv:6, column lon: lat without lon, or lon without lat. Remedy: give both or neither.",
    ),
    "no parent": (
        C2.replace("t52.2", ""),
        "units.csv:6, column parent_id: a xa needs a parent. Remedy: give the id of a huyen or tinh.",
    ),
    "missing parent": (
        C2.replace("t52.2", "t99.2"),
        'units.csv:6, column parent_id: no unit "t99.2" in this file. Remedy: add that unit or mend the id.',
    ),
    "parent of the wrong level": (
        C2.replace("t52.2", "x21786.2"),
        'units.csv:6, column parent_id: "x21786.2" is a xa. Remedy: give the id of a huyen or tinh.',
    ),
    "parent of the wrong era": (
        C2.replace("t52.2", "t52.1"),
        (
            'units.csv:6, column parent_id: "t52.1" was not valid when "x21787.2" was. '
            "Remedy: give the unit of the right era."
        ),
    ),
    "province with a parent": (
        "t64.1,tinh,Tỉnh,Gia Lai,64,t52.1,,2025-06-30,,,,,",
        "units.csv:6, column parent_id: a tinh has no parent. Remedy: leave it empty.",
    ),
}


@pytest.mark.parametrize(("line", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_line_is_named_with_its_remedy(tmp_path: Path, line: str, message: str) -> None:
    """The last line of the good file (line 6) is replaced; nothing points to it."""
    lines = [P1, P2, D1.replace(";x21787.2,split", ",merge"), C1, line]

    assert said(write(tmp_path, lines)) == message


WRONG_LINKS = {
    "unknown successor": (
        "x21786.2;x99999.2,split",
        'units.csv:4, column successors: no unit "x99999.2" in this file. Remedy: add that unit or mend the id.',
    ),
    "successor twice": (
        "x21786.2;x21786.2,split",
        'units.csv:4, column successors: "x21786.2" is there twice. Remedy: name each successor once.',
    ),
    "old successor": (
        "t52.1,merge",
        'units.csv:4, column successors: "t52.1" does not begin after 2025-06-30. Remedy: name units that began later.',
    ),
    "unknown kind": (
        "x21786.2,moved",
        (
            'units.csv:4, column link_kind: unknown link kind "moved". '
            "Remedy: write one of merge, split, rename, retype, continue."
        ),
    ),
    "kind without successors": (
        ",merge",
        'units.csv:4, column link_kind: "merge" without successors. Remedy: name the successors or leave it empty.',
    ),
    "split with one": (
        "x21786.2,split",
        (
            'units.csv:4, column link_kind: "split" with 1 successor. '
            "Remedy: write split for several successors, another kind for one."
        ),
    ),
    "merge with two": (
        "x21786.2;x21787.2,merge",
        (
            'units.csv:4, column link_kind: "merge" with 2 successors. '
            "Remedy: write split for several successors, another kind for one."
        ),
    ),
}


@pytest.mark.parametrize(("tail", "message"), WRONG_LINKS.values(), ids=WRONG_LINKS)
def test_a_wrong_link_is_named_with_its_remedy(tmp_path: Path, tail: str, message: str) -> None:
    district = D1.replace("x21786.2;x21787.2,split", tail)

    assert said(write(tmp_path, [P1, P2, district, C1, C2])) == message


def test_a_living_unit_cannot_have_successors(tmp_path: Path) -> None:
    lines = [P1.replace("2025-06-30", ""), P2]

    assert said(write(tmp_path, lines)) == (
        "units.csv:2, column valid_to: empty, but the unit has successors. Remedy: write the unit's last day."
    )


@pytest.mark.parametrize(
    ("header", "start"),
    [
        ("", "units.csv:1: the header is missing."),
        (
            HEADER.replace("kind", "level", 1),
            'units.csv:1, column kind: header cell 2 is "level" instead of "kind".',
        ),
        (HEADER[:-10], 'units.csv:1, column link_kind: header cell 13 is "nothing" instead of "link_kind".'),
        (HEADER + ",note", 'units.csv:1, column note: there is no column "note".'),
        (
            HEADER.replace(",", ";"),
            f'units.csv:1, column id: header cell 1 is "{HEADER.replace(",", ";")}" instead of "id".',
        ),
    ],
)
def test_a_wrong_header_is_named(tmp_path: Path, header: str, start: str) -> None:
    assert said(write(tmp_path, GOOD, header)) == f"{start} Remedy: make the first line {HEADER}."


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    message = "units.csv: cannot be read (No such file or directory). Remedy: check path and rights."

    assert said(tmp_path / "units.csv") == message


def test_an_empty_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "units.csv").write_bytes(b"")

    assert said(tmp_path / "units.csv").startswith("units.csv:1: the header is missing.")


def test_another_encoding_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    path.write_bytes(f"{HEADER}\n".encode() + "Hà".encode("cp1258") + b"\n")

    assert said(path) == "units.csv:2: is not UTF-8. Remedy: save the file as CSV UTF-8."


def test_bad_quoting_is_named(tmp_path: Path) -> None:
    assert said(write(tmp_path, [*GOOD, '"x'])).startswith(
        "units.csv:7: bad quoting (unexpected end of data)"
    )
