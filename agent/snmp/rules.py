"""Evaluates one rule of a family on the answers of a device: do its conditions hold, what do its sources say, which objects
do both need. Pure."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import Dict, List, Match, Optional, Set, Tuple

from .answers import ENT_COLUMNS, HR_DESCR, PRINTER_SERIAL, Answers
from .family import ANY, GENERIC, Condition, Family, Rule, Source, compiled
from .values import SYS_DESCR, SYS_NAME, SYS_OBJECT, clean, is_binary, text_of, under

# A sysObjectID of these names the SNMP agent's software or nothing at all, not the maker of the device.
GENERIC_OBJECTS = (
    "1.3.6.1.4.1.8072.3", "1.3.6.1.4.1.2021.250", "1.3.6.1.4.1.2021", "1.3.6.1.4.1.311.1.1.3", "1.3.6.1.4.1.99",
)  # fmt: skip
ENTERPRISES = "1.3.6.1.4.1."


@dataclass
class Needs:
    """What to ask: single objects, first rows of columns, and blocks that are asked as a whole."""

    objects: Dict[str, None] = field(default_factory=dict)  # pyright: ignore[reportUnknownVariableType]
    columns: Dict[str, None] = field(default_factory=dict)  # pyright: ignore[reportUnknownVariableType]
    blocks: Set[str] = field(default_factory=set)  # entity, hr

    def source(self, source: Source, object_id: str = "") -> None:
        if source.kind in ("oid", "self"):
            if source.oid(object_id):
                self.objects[source.oid(object_id)] = None
        elif source.kind == "column":
            self.columns[source.name] = None
        elif source.kind == "entity":
            self.blocks.add("entity")
        elif source.kind in ("hr", "printer"):
            self.blocks.add("hr")
        for inner in (source.inner, *source.parts):
            if inner is not None:
                self.source(inner, object_id)

    def condition(self, condition: Condition) -> None:
        (self.columns if condition.column else self.objects)[condition.oid] = None


@functools.lru_cache(maxsize=64)
def is_generic(object_id: str) -> bool:
    """Whether a sysObjectID says nothing of the maker: missing, not under enterprises, or an SNMP toolkit's own."""
    if not object_id.startswith(ENTERPRISES) or object_id.startswith(ENTERPRISES + "0"):
        return True
    return any(under(object_id, prefix) for prefix in GENERIC_OBJECTS)


def object_match(rule: Rule, object_id: str) -> Optional[int]:
    """Arcs of the longest prefix of the rule that the sysObjectID is under; 0 for generic and any; None when none fits."""
    best: Optional[int] = None
    for prefix in rule.objects:
        if prefix == ANY or (prefix == GENERIC and is_generic(object_id)):
            best = max(best or 0, 0)
        elif prefix != GENERIC and under(object_id, prefix):
            # A toolkit's object is no evidence of the device, however long the prefix.
            best = max(best or 0, 0 if is_generic(object_id) else prefix.count(".") + 1)
    return best


def descr_match(rule: Rule, descr: str) -> bool:
    if any(compiled(pattern).search(descr) for pattern in rule.not_descr):
        return False
    return not rule.descr or any(compiled(pattern).search(descr) for pattern in rule.descr)


def holds(condition: Condition, answers: Answers) -> bool:
    if condition.column:
        texts = [text_of(value) for _, value in answers.rows(condition.oid)]
    else:
        value = answers.get(condition.oid)
        texts = [] if value is None else [text_of(value)]
    return any(not condition.pattern or compiled(condition.pattern).search(text) for text in texts)


def weight(rule: Rule, answers: Answers) -> Optional[Tuple[int, int, int]]:
    """How specific the rule is for this device (larger wins), None when it does not fit: not a fallback, arcs of the
    sysObjectID, conditions met."""
    length = object_match(rule, answers.object)
    if length is None or not descr_match(rule, answers.descr):
        return None
    if not all(holds(condition, answers) for condition in rule.has):
        return None
    if any(holds(condition, answers) for condition in rule.not_has):
        return None
    return (0 if rule.fallback else 1, length, len(rule.has) + (1 if rule.descr else 0))


@dataclass(frozen=True)
class Found:
    """A field's text and the object that said it ("" for a literal of the rule)."""

    text: str
    oid: str = ""


def evaluate(sources: Tuple[Source, ...], answers: Answers, family: Family) -> Optional[Found]:
    """The first source that says something."""
    for source in sources:
        found = _one(source, answers, family)
        if found is not None:
            text = clean(found.text)
            if text is not None:
                return Found(text, found.oid)
    return None


def source_value(sources: Tuple[Source, ...], answers: Answers, family: Optional[Family]) -> Optional[str]:
    """The first source that says something, as it stands: "0" is a value here."""
    for source in sources:
        if source.kind == "map" and family is not None:
            found = _mapped(source, answers, family)
            if found is not None:
                return found.text
            continue
        for _, text in _texts(source, answers):
            taken = _taken(source, text)
            if taken is not None and taken.strip():
                return taken.strip()
    return None


def _one(source: Source, answers: Answers, family: Family) -> Optional[Found]:
    if source.kind == "literal":
        return Found(source.name)
    if source.kind == "map":
        return _mapped(source, answers, family)
    if source.kind == "join":
        return _joined(source, answers)
    for oid, text in _texts(source, answers):
        taken = _taken(source, text)
        if taken is not None and clean(taken) is not None:
            return Found(taken, oid)
    return None


def _joined(source: Source, answers: Answers) -> Optional[Found]:
    """One text of all parts, or none when a part says nothing. A zero is a part like any other: of "4" and "0" becomes 4.0."""
    oids: List[str] = []
    texts: List[str] = []
    for part in source.parts:
        said = [(oid, taken.strip()) for oid, text in _texts(part, answers) for taken in [_taken(part, text)] if taken]
        if not said or not said[0][1]:
            return None
        oids.append(said[0][0])
        texts.append(said[0][1])
    if not source.template:
        return Found(" ".join(texts), oids[0])
    return Found(compiled(r"\\(\d)").sub(lambda number: texts[int(number.group(1)) - 1], source.template), oids[0])


def _texts(source: Source, answers: Answers) -> List[Tuple[str, str]]:
    """(object, text) of everything that the source may read from, binary values left out."""
    if source.kind == "descr":
        return [(SYS_DESCR, answers.descr)]
    if source.kind == "object":
        return [(SYS_OBJECT, answers.object)]
    if source.kind == "sysname":
        return [(SYS_NAME, answers.name)]
    if source.kind == "column":
        return [(oid, text_of(value)) for oid, value in answers.rows(source.name) if not is_binary(value)]
    oids = [source.oid(answers.object)]
    if source.kind == "entity":
        oids = ["{}.{}".format(ENT_COLUMNS[source.name], index) for index in answers.chassis()]
    elif source.kind in ("hr", "printer"):
        oids = ["{}.{}".format(PRINTER_SERIAL if source.name == "serial" else HR_DESCR, answers.printer())]
    found = [(oid, answers.get(oid)) for oid in oids]
    return [(oid, text_of(value)) for oid, value in found if value is not None and not is_binary(value)]


def _taken(source: Source, text: str) -> Optional[str]:
    if not source.pattern:
        return text
    match = compiled(source.pattern).search(text)
    if match is None:
        return None
    if source.template:
        return _filled(source.template, match)
    return next((group for group in match.groups() if group), None) if match.re.groups else match.group(0)


def _filled(template: str, match: Match[str]) -> str:
    return compiled(r"\\(\d)").sub(lambda number: match.group(int(number.group(1))) or "", template)


def _mapped(source: Source, answers: Answers, family: Family) -> Optional[Found]:
    table = family.maps.get(source.name, {})
    if source.inner is None:
        return None
    for oid, text in [("", source.inner.name)] if source.inner.kind == "literal" else _texts(source.inner, answers):
        key = (_taken(source.inner, text) or "").strip().lower()
        value = table.get(key)
        while value is None and "." in key and key.replace(".", "").isdigit():
            key = key.rpartition(".")[0]
            value = table.get(key)
        if value is not None:
            return Found(value, oid)
    return None
