"""Build config/units.csv: the administrative units of Viet Nam before and since 1 July 2025.

Source: the data files of the MIT-licensed package `vietnamadminunits` 1.0.4 (only this script needs it; it is read
as files and never imported). `python scripts/build_units.py` writes the file, `--check` rebuilds it in memory and
compares; exit status 1 and a list of what differs when they are not the same.

How the counts come out (63 provinces, 696 districts, 10,035 communes; since then 34 and 3,321): the package's old
table has 10,040 rows. Five of them are island districts that had no communes (Bach Long Vi 318, Con Co 471,
Hoang Sa 498, Ly Son 536, Con Dao 755). They are districts like the others, so 10,040 - 5 = 10,035 communes and
691 + 5 = 696 districts. Each of the five became a special zone (dac khu) and its link starts at the district.

What is mended on the way, all by rule, nothing by hand:
- Type and name come from the full name ("Xã Vĩnh Sơn"). The package's own type column is wrong in five rows, its short
  name carries remarks such as "Yên Viên (Xã)", and its capitals differ ("Thị Trấn").
- Echo links. The package joined old and new communes by name inside a new province, so two old communes of one
  name got each other's successors. See `units_repair.drop_echoes`.
- Points that cannot be right are left empty, because unknown is better than wrong. See `units_repair.distrust_points`.
"""

from __future__ import annotations

import argparse
import csv
import importlib.metadata
import importlib.util
import io
import json
import sqlite3
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from units_repair import Links, Unit, Units, distrust_points, drop_echoes

PACKAGE, VERSION = "vietnamadminunits", "1.0.4"
TARGET = Path(__file__).resolve().parent.parent / "config" / "units.csv"
COLUMNS = [
    "id", "kind", "type_label", "name", "code", "parent_id", "valid_from", "valid_to", "legal_basis",
    "lat", "lon", "successors", "link_kind",
]  # fmt: skip
EXPECTED = {("tinh", 1): 63, ("huyen", 1): 696, ("xa", 1): 10035, ("tinh", 2): 34, ("xa", 2): 3321}
LETTER = {"tinh": "t", "huyen": "h", "xa": "x"}
LABELS = ("Thành phố", "Tỉnh", "Quận", "Huyện", "Thị xã", "Thị trấn", "Đặc khu", "Phường", "Xã")
DATES = {1: ("", "2025-06-30"), 2: ("2025-07-01", "")}
PROVINCE_LAW = "202/2025/QH15"
# Standing Committee resolutions of 16 Jun 2025 (".../NQ-UBTVQH15"), one for each new province code.
COMMUNE_LAW = {
    "01": 1656, "04": 1657, "08": 1684, "11": 1661, "12": 1670, "14": 1681, "15": 1673, "19": 1683, "20": 1672,
    "22": 1679, "24": 1658, "25": 1676, "31": 1669, "33": 1666, "37": 1674, "38": 1686, "40": 1678, "42": 1665,
    "44": 1680, "46": 1675, "48": 1659, "51": 1677, "52": 1664, "56": 1667, "66": 1660, "68": 1671, "75": 1662,
    "79": 1685, "80": 1682, "82": 1663, "86": 1687, "91": 1654, "92": 1668, "96": 1655,
}  # fmt: skip


def package_folder() -> Path:
    """The data folder of the installed package; ends the program when it is missing or of another version."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(f"{PACKAGE} is not installed. Remedy: pip install {PACKAGE}=={VERSION}")
    found = importlib.metadata.version(PACKAGE)
    if found != VERSION:
        raise SystemExit(
            f"{PACKAGE} {found} is installed, {VERSION} is needed. Remedy: pip install {PACKAGE}=={VERSION}"
        )
    return Path(spec.submodule_search_locations[0]) / "data"


def split_name(full: str) -> tuple[str, str]:
    """("Xã", "Vĩnh Sơn") from "Xã Vĩnh Sơn"; NFC, straight apostrophes, single spaces."""
    text = " ".join(unicodedata.normalize("NFC", full).replace("\u2019", "'").replace("\u02bc", "'").split())
    for label in LABELS:
        if text.lower().startswith(label.lower() + " "):
            return label, text[len(label) + 1 :]
    raise SystemExit(f"no known unit type at the start of {full!r}. Remedy: add it to LABELS")


def legal_basis(row: sqlite3.Row, kind: str, era: int) -> str:
    """The act that made a new unit; empty for old ones, of which we do not know it."""
    if era == 1:
        return ""
    return PROVINCE_LAW if kind == "tinh" else f"{COMMUNE_LAW[row['provinceCode']]}/NQ-UBTVQH15"


def add_unit(units: Units, row: sqlite3.Row, tier: str, kind: str, era: int, parent: str) -> str:
    """Add the `tier` (province, district, ward) part of a row unless it is there; returns its id."""
    code = row[f"{tier}Code"]
    unit_id = f"{LETTER[kind]}{code}.{era}"
    if unit_id not in units:
        label, name = split_name(row[tier])
        area = float(row["wardAreaKm2"] or 0.0) if (kind, era) == ("xa", 2) else 0.0
        point = (row[f"{tier}Lat"], row[f"{tier}Lon"])
        law = legal_basis(row, kind, era)
        known = None if None in point else point
        units[unit_id] = Unit(unit_id, kind, era, label, name, code, parent, law, known, area)
    return unit_id


def read_units(folder: Path) -> tuple[Units, dict[str, str], dict[tuple[str, str], str]]:
    """All units by id, and the package's name keys -> id for the old lowest units and for the new communes."""
    units: Units = {}
    old_keys: dict[str, str] = {}
    new_keys: dict[tuple[str, str], str] = {}
    db = sqlite3.connect(f"{(folder / 'dataset.db').as_uri()}?mode=ro&immutable=1", uri=True)
    db.row_factory = sqlite3.Row
    for row in db.execute("SELECT * FROM admin_units_legacy"):
        province = add_unit(units, row, "province", "tinh", 1, "")
        lowest = add_unit(units, row, "district", "huyen", 1, province)
        if row["wardCode"]:
            lowest = add_unit(units, row, "ward", "xa", 1, lowest)
        old_keys[f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey'] or ''}"] = lowest
    for row in db.execute("SELECT * FROM admin_units"):
        province = add_unit(units, row, "province", "tinh", 2, "")
        new_keys[row["provinceKey"], row["wardKey"]] = add_unit(units, row, "ward", "xa", 2, province)
    db.close()
    return units, old_keys, new_keys


def read_links(folder: Path, old_keys: dict[str, str], new_keys: dict[tuple[str, str], str]) -> Links:
    """Old lowest unit -> its new communes, the package's default first, the others by id."""
    source = json.loads((folder / "converter_2025.json").read_text(encoding="utf-8"))
    links: Links = {}
    for province, communes in source["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for new_key, olds in communes.items():
            links.update({old_keys[old]: [new_keys[province, new_key]] for old in olds})
    for province, olds in source["DICT_PROVINCE_WARD_DIVIDED"].items():
        for old, parts in olds.items():
            ranked = sorted(
                (not part["isDefaultNewWard"], new_keys[province, part["newWardKey"]]) for part in parts
            )
            links[old_keys[old]] = [new_id for _, new_id in ranked]
    return links


def add_upper_links(units: Units, links: Links) -> None:
    """Give old districts and provinces their successors, from those of their communes.

    District: every new commune its communes went to; the one with the district's name first, then by how many came in.
    Province: the new province around them.
    """
    below: dict[str, Counter[str]] = defaultdict(Counter)
    above: dict[str, Counter[str]] = defaultdict(Counter)
    for old, news in links.items():
        district = units[old].parent if units[old].kind == "xa" else old
        for rank, new in enumerate(news):
            below[district][new] += 1000 if rank == 0 else 1
        above[units[district].parent][units[news[0]].parent] += 1
    for district, counted in below.items():
        name = units[district].name
        links[district] = sorted(counted, key=lambda new: (units[new].name != name, -counted[new], new))
    links.update({province: [new for new, _ in counted.most_common()] for province, counted in above.items()})


def spelling(name: str) -> list[tuple[str, str]]:
    """A name as (letters, tone) per syllable, so that Hoà and Hòa, H'leo and H'Leo are the same but Hoa is not."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    words = unicodedata.normalize("NFD", name.lower()).split()
    return [("".join(c for c in w if c not in tones), "".join(c for c in w if c in tones)) for w in words]


def link_kind(old: Unit, news: list[Unit], makers: int) -> str:
    """The kind of an old unit's change; `makers` = how many old units of its kind lead to its only successor."""
    if len(news) > 1:
        return "split"
    if makers > 1:
        return "merge"
    if spelling(old.name) != spelling(news[0].name):
        return "rename"
    return "continue" if old.label == news[0].label else "retype"


def to_rows(units: Units, links: Links) -> list[list[str]]:
    """The file's rows, header first: old before new, province before district before commune, then by code."""
    makers = Counter((units[old].kind, new) for old, news in links.items() for new in news)
    rows = [COLUMNS]
    for unit in sorted(units.values(), key=lambda u: (u.era, list(LETTER).index(u.kind), u.code)):
        news = links.get(unit.id, [])
        kind = link_kind(unit, [units[n] for n in news], makers[unit.kind, news[0]]) if news else ""
        lat, lon = (str(round(v, 5)) for v in unit.point) if unit.point else ("", "")
        rows.append([unit.id, unit.kind, unit.label, unit.name, unit.code, unit.parent, *DATES[unit.era], unit.law,
                     lat, lon, ";".join(news), kind])  # fmt: skip
    return rows


def build() -> tuple[list[list[str]], list[tuple[str, str]]]:
    """(rows of the file, echo links left out); ends the program when the counts are not the official ones."""
    folder = package_folder()
    units, old_keys, new_keys = read_units(folder)
    counts = Counter((u.kind, u.era) for u in units.values())
    if counts != EXPECTED:
        raise SystemExit(
            f"unexpected counts {dict(counts)}, wanted {EXPECTED}. Remedy: look at the package's data"
        )
    links = read_links(folder, old_keys, new_keys)
    echoes = drop_echoes(units, links)
    distrust_points(units, links)
    add_upper_links(units, links)
    return to_rows(units, links), echoes


def summary(rows: list[list[str]]) -> Iterable[str]:
    """Lines of counts: units, types, links and empty points by kind and era."""
    eras: dict[str, list[list[str]]] = defaultdict(list)
    for row in rows[1:]:
        eras[f"{row[1]}.{row[0][-1]}"].append(row)
    for key, group in eras.items():
        types = ", ".join(f"{n} {label}" for label, n in Counter(r[2] for r in group).most_common())
        kinds = ", ".join(f"{n} {kind}" for kind, n in Counter(r[12] for r in group).most_common() if kind)
        blank = sum(not r[9] for r in group)
        yield f"{key}: {len(group)} ({types}); no point {blank}" + (f"; links {kinds}" if kinds else "")


def differences(wanted: list[list[str]], found: list[list[str]]) -> list[str]:
    """What a file (rows, header first) lacks, has too much or has otherwise than wanted; empty when equal."""
    if not found or found[0] != COLUMNS:
        return [f"header: {','.join(found[0]) if found else 'empty file'}, wanted {','.join(COLUMNS)}"]
    want, have = {r[0]: r for r in wanted[1:]}, {r[0]: r for r in found[1:] if r}
    said = [f"{i}: missing" for i in want if i not in have]
    said += [f"{i}: not in the source" for i in have if i not in want]
    for unit_id in want.keys() & have.keys():
        for column, a, b in zip(COLUMNS, want[unit_id], [*have[unit_id], *[""] * len(COLUMNS)], strict=False):
            if a != b:
                said.append(f"{unit_id}: {column} is {b!r}, the source gives {a!r}")
    return sorted(said) or ([] if wanted == found else ["order, or a unit twice"])


def check(rows: list[list[str]]) -> int:
    """Compare with the committed file; returns the exit status."""
    text = TARGET.read_text(encoding="utf-8") if TARGET.exists() else ""
    said = differences(rows, list(csv.reader(io.StringIO(text, newline=""))))
    for line in said[:20]:
        print(line, file=sys.stderr)
    if said:
        print(
            f"config/units.csv: {len(said)} differences. Remedy: python scripts/build_units.py",
            file=sys.stderr,
        )
    return 1 if said else 0


def main() -> int:
    """Command line: write the file, or with --check compare it."""
    parser = argparse.ArgumentParser(description="Build config/units.csv from the installed package.")
    parser.add_argument(
        "--check", action="store_true", help="rebuild in memory and compare with the committed file"
    )
    parser.add_argument("--echoes", action="store_true", help="also print the links left out")
    options = parser.parse_args()
    rows, echoes = build()
    print("\n".join([*summary(rows), f"echo links left out: {len(echoes)}"]))
    if options.echoes:
        print("\n".join(f"  {old} -> {new}" for old, new in echoes))
    if options.check:
        return check(rows)
    with TARGET.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows(rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
