"""What is asked of a device, in which order: what decides between the rules, what the winner reads, what generic evidence
fills the gaps."""

from __future__ import annotations

from typing import Dict, Optional, Sequence

from . import generic, identify
from .answers import CHASSIS, ENT_CLASS, ENT_COLUMNS, ENT_PARENT, HR_DESCR, HR_TYPE, PRINTER_SERIAL, Answers
from .ask import Asker
from .family import Family
from .rules import Needs
from .values import SYS_LOCATION, SYS_NAME, Value

COLUMN_ROWS = 8  # rows read of a column that a rule names
ENTITY_ROWS = 64  # rows of ENTITY-MIB in which the chassis is looked for
MANY_ENTITY_ROWS = 512  # large routers number their chassis behind all sensors
FEW_ENTITY_ROWS = 20  # where every row costs a request
PARENT_ROWS = 8


def collect(asker: Asker, families: Sequence[Family]) -> Optional[Answers]:
    """Everything that identify() needs. None when the device does not answer at all."""
    first = asker.hello()
    if not first:
        return None
    answers = Answers()
    _put(answers, first)
    _put(answers, asker.get([SYS_NAME, SYS_LOCATION]))
    race = identify.candidates(answers, families)
    ask(asker, answers, identify.needed(race))
    ask(asker, answers, identify.needed_fields(answers, race))
    ask(asker, answers, generic.needed(identify.known(answers, race), answers))
    return answers


def ask(asker: Asker, answers: Answers, needs: Needs) -> None:
    """Adds to `answers` what `needs` names and was not asked before."""
    _put(answers, asker.get([oid for oid in needs.objects if not answers.asked(oid)]))
    for prefix in needs.columns:
        if not answers.walked(prefix):
            answers.put_rows(prefix, asker.walk(prefix, COLUMN_ROWS))
    if "entity" in needs.blocks and not answers.walked(ENT_CLASS):
        _ask_entity(asker, answers)
    if "hr" in needs.blocks and not answers.walked(HR_TYPE):
        answers.put_rows(HR_TYPE, asker.walk(HR_TYPE, COLUMN_ROWS))
        index = answers.printer()
        _put(answers, asker.get(["{}.{}".format(HR_DESCR, index), "{}.{}".format(PRINTER_SERIAL, index)]))


def _ask_entity(asker: Asker, answers: Answers) -> None:
    chassis = int(CHASSIS)
    limit = FEW_ENTITY_ROWS if asker.row_by_row else ENTITY_ROWS
    rows = asker.walk(ENT_CLASS, limit, chassis)
    if len(rows) >= ENTITY_ROWS and not asker.row_by_row and chassis not in [value for _, value in rows]:
        rows = asker.walk(ENT_CLASS, MANY_ENTITY_ROWS, chassis)
    answers.put_rows(ENT_CLASS, rows)
    if not answers.chassis():
        answers.put_rows(ENT_PARENT, asker.walk(ENT_PARENT, PARENT_ROWS))
    for index in answers.chassis():
        _put(answers, asker.get(["{}.{}".format(column, index) for column in ENT_COLUMNS.values()]))
        if answers.text("{}.{}".format(ENT_COLUMNS["serial"], index)):
            return


def _put(answers: Answers, values: Dict[str, Optional[Value]]) -> None:
    for oid, value in values.items():
        answers.put(oid, value)
