"""Recordings of devices (<name>.snmprec) and what must be said of them (<name>.json). All are written by hand from public
MIBs; none comes from a real device.

The .json names the fields that must be found; a field that it leaves out must stay unknown (only `name` is not looked at then).
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any, Dict, List, Tuple

from agent.snmp import families
from agent.snmp.ask import Asker
from agent.snmp.collect import collect
from agent.snmp.family import FIELDS
from agent.snmp.identify import Identity, identify
from agent.snmp.recording import RecordedDevice, parse
from agent.snmp.values import Value

FOLDER = Path(__file__).resolve().parent


@functools.lru_cache(maxsize=None)
def names() -> Tuple[str, ...]:
    return tuple(sorted(path.stem for path in FOLDER.glob("*.snmprec")))


def rows(name: str) -> Dict[str, Tuple[int, Value]]:
    return parse((FOLDER / (name + ".snmprec")).read_text(encoding="utf-8", errors="surrogateescape"))


def expected(name: str) -> Dict[str, Any]:
    return dict(json.loads((FOLDER / (name + ".json")).read_text(encoding="utf-8")))


@functools.lru_cache(maxsize=None)
def identified(name: str) -> Identity:
    """What the engine says of a recording, asked as a live device is asked."""
    known = families.load()
    answers = collect(Asker(RecordedDevice(rows(name))), known)
    return identify(answers, known) if answers else Identity()


def differences(name: str) -> List[str]:
    try:
        wanted = expected(name)
    except (OSError, ValueError) as error:
        return ["no usable {}.json: {}".format(name, error)]
    got = identified(name)
    found = ["{!r} in the .json is not a field".format(key) for key in wanted if key not in FIELDS]
    for key in FIELDS:
        value = getattr(got, key)
        if key in wanted and wanted[key] is None and key == "name":
            continue
        if (key in wanted or key != "name") and value != wanted.get(key):
            found.append("{}: expected {!r}, got {!r}".format(key, wanted.get(key), value))
    if found:
        found.append("    evidence: " + json.dumps(got.evidence, ensure_ascii=False)[:1500])
    return found
