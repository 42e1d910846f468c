"""python -m tests.snmp.check [recording ...]: checks every family file, then shows where a recording is identified otherwise
than its .json expects. For people who write families."""

from __future__ import annotations

import sys
from typing import List

from agent.snmp import families
from agent.snmp.family import FamilyError

from .recordings import differences, names


def main(wanted: List[str]) -> int:
    wrong = 0
    try:
        for family in families.load():
            families.check(family)
    except FamilyError as error:
        print(error)
        return 1
    for name in wanted or names():
        for line in differences(name):
            print("{}: {}".format(name, line))
            wrong += 1
    print("{} families, {} recordings, {} differences".format(len(families.load()), len(wanted or names()), wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
