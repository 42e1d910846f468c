"""Who a device is, from what it answered. Pure: answers in, Identity out; ask.py fetches what `needed` names.

The rules of all families compete; the one that says most about the device wins (rules.weight). What its fields leave
unknown, generic.py fills where that is safe. A doubtful value is None: an honest unknown beats a wrong guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Sequence, Set, Tuple

from . import generic
from .answers import Answers
from .family import ANY, FIELDS, GENERIC, TYPES, Family, Rule, root
from .rules import Found, Needs, descr_match, evaluate, is_generic, object_match, weight
from .values import SYS_DESCR, SYS_NAME, SYS_OBJECT, clean

MAX_EVIDENCE = 40
MAX_EVIDENCE_TEXT = 300


@dataclass(frozen=True)
class Identity:
    """What is printed. None: unknown."""

    vendor: Optional[str] = None
    type: Optional[str] = None  # one of families.TYPES
    os: Optional[str] = None
    hardware: Optional[str] = None  # model
    version: Optional[str] = None  # of the firmware or operating system
    serial: Optional[str] = None
    name: Optional[str] = None  # sysName
    evidence: Tuple[Dict[str, Any], ...] = ()  # {"object", "value", "fields"} and {"rule", "fields"}

    def plain(self) -> Dict[str, Any]:
        result: Dict[str, Any] = {key: getattr(self, key) for key in FIELDS}
        result["evidence"] = [dict(row) for row in self.evidence]
        return result


Candidates = Tuple[Tuple[Rule, Family], ...]


def candidates(answers: Answers, families: Sequence[Family]) -> Candidates:
    """The rules that sysDescr and sysObjectID leave in the race."""
    object_id, descr = answers.object, answers.descr
    roots = {root(object_id), ANY} | ({GENERIC} if is_generic(object_id) else set())
    return tuple(
        (rule, family)
        for family in families
        if not family.roots or family.roots & roots
        for rule in family.rules
        if object_match(rule, object_id) is not None and descr_match(rule, descr)
    )


def needed(race: Candidates) -> Needs:
    """What decides between the rules in the race."""
    needs = Needs()
    for rule, _ in race:
        for condition in rule.has + rule.not_has:
            needs.condition(condition)
    return needs


def needed_fields(answers: Answers, race: Candidates) -> Needs:
    """What the winning rule reads its fields from, once the conditions have been asked."""
    needs = Needs()
    best = winner(answers, race)
    for sources in best[0].fields.values() if best else ():
        for source in sources:
            needs.source(source, answers.object)
    return needs


def winner(answers: Answers, race: Candidates) -> Optional[Tuple[Rule, Family]]:
    """The rule that says most; of equals the first in file order."""
    best: Optional[Tuple[Tuple[int, int, int], Rule, Family]] = None
    for rule, family in race:
        score = weight(rule, answers)
        if score is not None and (best is None or score > best[0]):
            best = (score, rule, family)
    return (best[1], best[2]) if best else None


def by_rule(answers: Answers, race: Candidates) -> Tuple[Dict[str, Found], Set[str], str]:
    """What the winning rule says, the fields that it leaves unknown on purpose, and "family/rule"."""
    found: Dict[str, Found] = {}
    closed: Set[str] = set()
    best = winner(answers, race)
    if best is None:
        return found, closed, ""
    rule, family = best
    for key, sources in rule.fields.items():
        value = evaluate(sources, answers, family)
        if value is not None and (key != "type" or value.text in TYPES):
            found[key] = value
        elif any(source.kind == "null" for source in sources):
            closed.add(key)
    if family.vendor and "vendor" not in rule.fields:
        found["vendor"] = Found(family.vendor)
    return found, closed, "{}/{}".format(rule.family, rule.name)


def known(answers: Answers, race: Candidates) -> Set[str]:
    """The fields that need no generic evidence."""
    found, closed, _ = by_rule(answers, race)
    return set(found) | closed


def identify(answers: Answers, families: Sequence[Family]) -> Identity:
    """Never raises, whatever the answers hold; every text is bounded."""
    found, closed, rule = by_rule(answers, candidates(answers, families))
    ruled = [key for key in FIELDS if key in found]
    generic.fill(found, closed, answers)
    name = clean(answers.name)
    if name and "name" not in found and "name" not in closed:
        found["name"] = Found(name, SYS_NAME)
    texts = {key: value.text for key, value in found.items()}
    return Identity(evidence=_evidence(found, answers, rule, ruled), **texts)


def _evidence(found: Dict[str, Found], answers: Answers, rule: str, ruled: List[str]) -> Tuple[Dict[str, Any], ...]:
    fields: Dict[str, List[str]] = {SYS_DESCR: [], SYS_OBJECT: []}
    for key in FIELDS:
        if key in found and found[key].oid:
            fields.setdefault(found[key].oid, []).append(key)
    rows: List[Dict[str, Any]] = []
    for oid, keys in fields.items():
        text = " ".join(answers.text(oid).split())[:MAX_EVIDENCE_TEXT]
        if text:
            rows.append({"object": oid, "value": text, "fields": keys})
    if rule:
        rows.append({"rule": rule, "fields": ruled})
    generics = [key for key in FIELDS if key in found and key not in ruled and not found[key].oid]
    if generics:
        rows.append({"rule": "generic", "fields": generics})
    return tuple(rows[:MAX_EVIDENCE])
