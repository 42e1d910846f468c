"""Recipients from a CSV file, strictly: every wrong cell is named with line and column, and then nothing is kept."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from inventory.domain.problem import BadValue
from inventory.domain.recipient import RecipientForm
from inventory.store.recipients import BadRecipient, add_recipient, check_form, same_recipient

COLUMNS = ("scope_kind", "scope_id", "role", "name", "salutation", "email", "copy", "valid_from", "valid_to")
MAX_PROBLEMS = 20
MAX_LINES = 5000


@dataclass(frozen=True, slots=True)
class Imported:
    added: int
    known: int  # exactly so in the store already


class RecipientsFileError(ValueError):
    """The file cannot be taken; nothing was kept. `problems`: up to MAX_PROBLEMS, `where` is "name:line:column"."""

    def __init__(self, problems: list[BadValue]) -> None:
        self.problems = problems
        super().__init__("\n".join(problem.text() for problem in problems))


def read_recipients(content: bytes, name: str) -> list[tuple[int, RecipientForm]]:
    """(line, form) per row of a CSV file in UTF-8. `name` stands in messages. Raises RecipientsFileError."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _error(f"{name}:{line}", "không phải UTF-8", "lưu tệp dạng CSV UTF-8") from None
    return list(_rows(text, name))


def import_recipients(
    session: Session,
    content: bytes,
    name: str,
    province_id: str,
    actor: str,
    now: datetime,
    *,
    sample: bool = False,
) -> Imported:
    """Adds all rows of the file in the caller's transaction, or raises RecipientsFileError, which must roll it back.

    A row that is in the store exactly so is passed over: the same file may be imported again.
    """
    problems: list[BadValue] = []
    added = known = 0
    for line, form in read_recipients(content, name):
        try:
            if same_recipient(session, check_form(session, form, province_id)):
                known += 1
                continue
            add_recipient(session, form, province_id, actor, now, sample=sample)
            added += 1
        except BadRecipient as error:
            problems += [_placed(problem, name, line) for problem in error.problems]
            if len(problems) >= MAX_PROBLEMS:
                break
    if problems:
        raise RecipientsFileError(problems[:MAX_PROBLEMS])
    return Imported(added, known)


def _rows(text: str, name: str) -> Iterator[tuple[int, RecipientForm]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            where = f"{name}:{reader.line_num}"
            raise _error(where, "dấu ngoặc kép sai ({error})", "đóng ngoặc kép", error=str(error)) from None
        first, line = line + 1, reader.line_num
        if first == 1 and tuple(cells or ()) != COLUMNS:
            raise _error(
                f"{name}:1", "dòng đầu không đúng", "ghi dòng đầu là {columns}", columns=",".join(COLUMNS)
            )
        if cells is None:
            return
        if first == 1 or not any(cells):
            continue
        if len(cells) != len(COLUMNS):
            counts = {"found": len(cells), "wanted": len(COLUMNS)}
            raise _error(
                f"{name}:{first}", "có {found} ô, cần {wanted} ô", "thêm hoặc bớt dấu phẩy", **counts
            )
        if first > MAX_LINES:
            raise _error(f"{name}:{first}", "tệp quá dài", "chia thành nhiều tệp")
        yield first, RecipientForm(*cells)


def _placed(problem: BadValue, name: str, line: int) -> BadValue:
    return BadValue(f"{name}:{line}:{problem.where}", problem.problem, problem.remedy, **problem.params)


def _error(where: str, problem: str, remedy: str, **params: Any) -> RecipientsFileError:
    return RecipientsFileError([BadValue(where, problem, remedy, **params)])
