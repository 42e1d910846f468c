"""Reads and checks the device families (families/*.ini). The format is described in families/README.md.

A rule has conditions (objects, descr, not-descr, has, not-has) and fields (vendor, type, os, hardware, version, serial, name);
a field is a list of sources of which the first that says something wins. Regexes are compiled when they are first used:
a run touches a few families of many.
"""

from __future__ import annotations

import configparser
import functools
import os
import re
from typing import Any, Dict, List, Pattern, Tuple

from .family import (
    ANY,
    BATTERY,
    ENTITY,
    FIELDS,
    GENERIC,
    TYPES,
    UNKNOWN,
    Condition,
    Family,
    FamilyError,
    Rule,
    Source,
    compiled,
    root,
)

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "families")

_CONDITIONS = ("objects", "descr", "not-descr", "has", "not-has", "fallback")
_OID = re.compile(r"\d+(\.\d+)+$")


@functools.lru_cache(maxsize=2)
def load(folder: str = FOLDER) -> Tuple[Family, ...]:
    """Every family of the folder, by file name. Raises FamilyError."""
    found: List[Family] = []
    for entry in sorted(os.listdir(folder)):
        if entry.endswith(".ini"):
            with open(os.path.join(folder, entry), encoding="utf-8") as stream:
                found.append(parse(entry[:-4], stream.read()))
    return tuple(found)


def parse(name: str, text: str) -> Family:
    """The family in one file's text. Raises FamilyError."""
    parser = configparser.ConfigParser(
        interpolation=None, delimiters=("=",), comment_prefixes=("#",), empty_lines_in_values=False, default_section=""
    )
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # map keys keep their case
    try:
        parser.read_string(text, name + ".ini")
    except configparser.Error as error:
        raise FamilyError("Họ thiết bị {}.ini: {}".format(name, " ".join(str(error).split()))) from error
    if not parser.has_section("family"):
        raise FamilyError("Họ thiết bị {}.ini: thiếu mục [family]".format(name))
    return _Reader(name, parser).family()


class _Reader:
    def __init__(self, name: str, parser: configparser.ConfigParser) -> None:
        self._name = name
        self._parser = parser
        self._section = "family"
        self._key = ""
        self._maps: Dict[str, Dict[str, str]] = {}

    def family(self) -> Family:
        for section in self._parser.sections():
            if section.startswith("map "):
                self._maps[section[4:].strip()] = self._map(section)
        self._section = "family"
        options = dict(self._parser.items("family"))
        self._refuse_unknown(options, ("enterprises", *FIELDS))
        vendor, numbers = " ".join(options.get("vendor", "").split()), self._numbers(options.get("enterprises", ""))
        common = {key: self._sources(key, options[key]) for key in FIELDS if key in options}
        sections = [name for name in self._parser.sections() if not name.startswith("map ")]
        sections = [name for name in sections if name not in ("family", "battery")]
        rules = tuple(self._rule(section, order, numbers, common) for order, section in enumerate(sections))
        objects = {item for rule in rules for item in rule.objects}
        short = any(item not in (GENERIC, ANY) and item.count(".") < 6 for item in objects)
        roots = frozenset() if short else frozenset(map(root, objects))
        return Family(self._name, vendor, numbers, rules, self._maps, self._battery(), roots)

    def _battery(self) -> Dict[str, Tuple[Source, ...]]:
        if not self._parser.has_section("battery"):
            return {}
        self._section = "battery"
        options = dict(self._parser.items("battery"))
        self._refuse_unknown(options, BATTERY)
        return {key: self._sources(key, text) for key, text in options.items()}

    def _wrong(self, what: str) -> FamilyError:
        place = "{}.ini [{}] {}".format(self._name, self._section, self._key).strip()
        return FamilyError("Họ thiết bị {}: {}".format(place, what))

    def _refuse_unknown(self, options: Dict[str, str], known: Any) -> None:
        for key in options:
            self._key = key
            if key not in known:
                raise self._wrong("không có khóa này; chỉ dùng: " + ", ".join(known))

    def _numbers(self, text: str) -> Tuple[int, ...]:
        self._key = "enterprises"
        words = text.replace(",", " ").split()
        if not all(word.isdigit() for word in words):
            raise self._wrong("phải là các số của IANA, nhận được «{}»".format(text))
        return tuple(int(word) for word in words)

    def _map(self, section: str) -> Dict[str, str]:
        self._section, self._key = section, ""
        table = dict(self._parser.items(section))
        for self._key, value in table.items():
            if not value.strip() or "\n" in value:
                raise self._wrong("cần đúng một dòng giá trị")
        return {key.strip().lower(): value.strip() for key, value in table.items()}

    def _rule(self, section: str, order: int, numbers: Tuple[int, ...], common: Dict[str, Tuple[Source, ...]]) -> Rule:
        self._section = section
        options = dict(self._parser.items(section))
        self._refuse_unknown(options, _CONDITIONS + FIELDS)
        fields = dict(common)
        fields.update({key: self._sources(key, options[key]) for key in FIELDS if key in options})
        self._key = "objects"
        objects = tuple(_lines(options.get("objects", "")))
        for item in objects:
            if item not in (GENERIC, ANY) and not _OID.match(item):
                raise self._wrong("«{}» không phải là OID, cũng không phải generic hay any".format(item))
        descr, has = self._regexes("descr", options), self._has("has", options)
        if not (objects or descr or has or numbers):
            raise self._wrong("cần ít nhất một trong: objects, descr, has")
        if not objects:
            objects = tuple("1.3.6.1.4.1.{}".format(number) for number in numbers) or (ANY,)
        if {GENERIC, ANY} & set(objects) and not (descr or has):
            raise self._wrong("objects = generic hay any cần thêm descr hoặc has")
        return Rule(
            self._name, section, order, objects, descr, self._regexes("not-descr", options),
            has, self._has("not-has", options), options.get("fallback", "").strip() == "yes", fields,
        )  # fmt: skip

    def _regexes(self, key: str, options: Dict[str, str]) -> Tuple[str, ...]:
        self._key = key
        return tuple(_lines(options.get(key, "")))

    def _has(self, key: str, options: Dict[str, str]) -> Tuple[Condition, ...]:
        self._key = key
        found: List[Condition] = []
        for line in _lines(options.get(key, "")):
            first, _, pattern = line.partition(" ")
            column = first.endswith(".*")
            oid = first[:-2] if column else first
            if not _OID.match(oid):
                raise self._wrong("«{}» phải bắt đầu bằng một OID".format(line))
            found.append(Condition(oid, column, pattern.strip()))
        return tuple(found)

    def _sources(self, key: str, text: str) -> Tuple[Source, ...]:
        self._key = key
        return tuple(self._source(key, line) for line in _lines(text)) or (Source("null"),)

    def _source(self, key: str, line: str) -> Source:
        line, arrow, template = line.rpartition(" => ") if " => " in line else (line, "", "")
        first, _, rest = line.partition(" ")
        rest, template = rest.strip(), template.strip()
        if len(line) > 1 and line[0] == line[-1] == '"':
            return Source("literal", line[1:-1])
        if line == UNKNOWN:
            return Source("null")
        if key == "type" and not rest and line in TYPES:
            return Source("literal", line)
        if first in ("descr", "object", "sysname") and rest:
            return Source(first, pattern=rest, template=template)
        if first == "self":
            return self._self(rest, template)
        if first == "join":
            return self._join(key, rest, template)
        if first in ("entity", "hr", "printer"):
            return self._block(first, rest, template)
        if first == "map" and rest:
            name, _, inner = rest.partition(" ")
            if name not in self._maps:
                raise self._wrong("không có mục [map {}]".format(name))
            if inner.strip() in ("object", "descr", "sysname"):
                inner = inner.strip() + " (.+)"
            return Source("map", name, inner=self._source(key, inner.strip()), template=template)
        if _OID.match(first[:-2] if first.endswith(".*") else first):
            return _oid_source(first, rest, template)
        if key in ("type", "os", "vendor") and not arrow:
            if key == "type":
                raise self._wrong("không có loại «{}»; các loại: {}".format(line, ", ".join(TYPES)))
            return Source("literal", line)
        raise self._wrong("không hiểu nguồn «{}»".format(line))

    def _self(self, rest: str, template: str) -> Source:
        match = re.match(r"(?:-(\d+) )?(\d+(?:\.\d+)*)(?: (.+))?$", rest)
        if match is None:
            raise self._wrong("sau self phải là phần nối vào sysObjectID, như: self 1.3.0 hay self -1 1.3.0")
        return Source("self", match.group(2), match.group(3) or "", template, up=int(match.group(1) or 0))

    def _join(self, key: str, rest: str, template: str) -> Source:
        parts = tuple(self._source(key, part.strip()) for part in rest.split(" + "))
        unfit = any(part.kind in ("literal", "map", "join", "null") for part in parts)
        named = [int(number) for number in re.findall(r"\\(\d)", template)]
        if len(parts) < 2 or unfit or not all(0 < number <= len(parts) for number in named):
            raise self._wrong(
                "sau join phải là ít nhất hai nguồn, giữa chúng là « + »; mẫu sau => chỉ gọi các nguồn đó"
            )
        return Source("join", template=template, parts=parts)

    def _block(self, first: str, rest: str, template: str) -> Source:
        part, _, pattern = rest.partition(" ")
        known = {"entity": ENTITY, "hr": ("descr",), "printer": ("serial", "model")}[first]
        if part not in known:
            raise self._wrong("sau {} phải là một trong: {}".format(first, ", ".join(known)))
        part = "software" if part == "version" else part
        return Source(first, part, pattern.strip(), template)


def _oid_source(first: str, pattern: str, template: str) -> Source:
    if first.endswith(".*"):
        return Source("column", first[:-2], pattern, template)
    return Source("oid", first, pattern, template)


def _lines(text: str) -> List[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def check(family: Family) -> None:
    """What loading leaves for first use: every regex compiles and every template names groups that exist. Raises FamilyError."""
    for rule in family.rules:
        place = "Họ thiết bị {}.ini [{}]".format(family.name, rule.name)
        patterns = [(pattern, "") for pattern in rule.descr + rule.not_descr]
        patterns += [(condition.pattern, "") for condition in rule.has + rule.not_has]
        pending = [source for sources in rule.fields.values() for source in sources]
        while pending:
            source = pending.pop()
            pending.extend(inner for inner in (source.inner, *source.parts) if inner is not None)
            if source.kind == "join":  # its template names parts, checked when it was read
                continue
            patterns.append((source.pattern, source.template))
        for pattern, template in patterns:
            groups = compiled_or(place, pattern).groups
            if any(int(number) > groups for number in re.findall(r"\\(\d)", template)):
                raise FamilyError("{}: «{}» có nhóm mà biểu thức không có".format(place, template))


def compiled_or(place: str, pattern: str) -> Pattern[str]:
    try:
        return compiled(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise FamilyError("{}: biểu thức «{}» sai: {}".format(place, pattern, error)) from error
