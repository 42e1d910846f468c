"""Windows: asking WMI from outside, so that a hanging WMI hangs another process: wmic, else powershell.

wmic is asked for one property at a time: a provider that fails on one spoils no other, and a table of one column needs
no style sheet (/format fails where Windows' language and regional settings differ). Windows 11 has no wmic any more.
A program that ends well and says nothing has answered nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Dict, List, Optional, Sequence, Tuple

from ..host import CommandResult
from ..probe import ProbeContext

CIMV2 = r"root\cimv2"
SECURITY_CENTER = r"root\SecurityCenter2"

_FIRST_S, _SECOND_S = 8.0, 16.0
_POWERSHELL_S = 15.0  # it takes seconds to start where the disk turns
_MAX_ROWS = 512
_CODE = re.compile(r"0[xX](8[0-9A-Fa-f]{7})")
_SCRIPT = (
    "$ErrorActionPreference='Stop';try{{[Console]::OutputEncoding=[Text.Encoding]::UTF8}}catch{{}};'gapwatch=start';"
    "try{{Get-CimInstance -Namespace '{}' -ClassName {} -OperationTimeoutSec 8|ForEach-Object{{{}}};'gapwatch=end'}}"
    "catch{{'gapwatch=error';$_.FullyQualifiedErrorId}}"
)

# Microsoft's "WMI Error Constants". Said of the class Win32_OperatingSystem, which every Windows has, these mean that
# the repository or its providers are broken.
_BROKEN = {
    "0x80041002": "not found", "0x8004100e": "invalid namespace", "0x80041010": "invalid class",
    "0x80041011": "provider not found", "0x80041013": "provider load failure",
    "0x80041014": "initialization failure",
}  # fmt: skip
_DENIED = {"0x80041003": "access denied", "0x80070005": "access is denied"}
_WORDS = {word: code for code, word in {**_BROKEN, **_DENIED}.items()}


@dataclass(frozen=True)
class Answer:
    """What one question brought; `rows` None: nothing."""

    rows: Optional[List[Dict[str, str]]] = None
    error: str = ""  # 0x80041010
    timed_out: bool = False
    silent: bool = False  # it said nothing at all
    missing: bool = False  # there is no such program


class Wmi:
    """One probe's conversation with WMI."""

    def __init__(self, context: ProbeContext) -> None:
        self._run = context.host.run
        self._log = context.log
        self._timeouts = 0
        self._worked = False
        self._no_wmic = False
        self._no_powershell = False

    def table(self, namespace: str, name: str, properties: Sequence[str]) -> Optional[List[Dict[str, str]]]:
        """The instances of a class, [] when it has none, None when there was no answer. A WMI that once let us wait in
        vain is not asked again."""
        if self._timeouts:
            return None
        return self._ask(namespace, name, properties, _FIRST_S).rows

    def check(self) -> Tuple[Optional[bool], str]:
        """(damaged, error), damaged None: it cannot be told."""
        if self._worked:
            return False, ""
        answer = self._ask(CIMV2, "Win32_OperatingSystem", ("Version",), _FIRST_S)
        if answer.timed_out:
            answer = self._ask(CIMV2, "Win32_OperatingSystem", ("Version",), _SECOND_S)
        if answer.timed_out:
            return True, "timeout"
        return judge(answer)

    def _ask(self, namespace: str, name: str, properties: Sequence[str], limit_s: float) -> Answer:
        answer = Answer(missing=True) if self._no_wmic else self._ask_wmic(namespace, name, properties, limit_s)
        self._no_wmic = answer.missing
        if (answer.missing or answer.silent) and not self._no_powershell:
            answer = self._ask_powershell(namespace, name, properties)
            self._no_powershell = answer.silent
        if answer.timed_out:
            self._timeouts += 1
        self._worked = self._worked or bool(answer.rows)
        if answer.rows is None:
            why = "timeout" if answer.timed_out else answer.error or "no answer"
            self._log("WMI {}: {}".format(name, why))
        return answer

    def _ask_wmic(self, namespace: str, name: str, properties: Sequence[str], limit_s: float) -> Answer:
        columns: List[List[str]] = []
        for wanted in properties:
            command = ["wmic", "/namespace:\\\\" + namespace, "path", name, "get", wanted]
            answer = read_wmic(self._run(command, limit_s), wanted)
            if answer.rows is None and not columns:
                return answer
            columns.append([row[wanted] for row in answer.rows or ()])
        rows = [{properties[0]: value} for value in columns[0]]
        for number, wanted in enumerate(properties[1:], 1):
            if len(columns[number]) == len(rows):  # else nobody knows which value is whose
                for row, value in zip(rows, columns[number]):  # noqa: B905 strict= is newer than 3.8
                    row[wanted] = value
        return Answer(rows)

    def _ask_powershell(self, namespace: str, name: str, properties: Sequence[str]) -> Answer:
        each = ";".join("'{0}='+$_.{0}".format(wanted) for wanted in properties)
        script = _SCRIPT.format(namespace.replace("\\", "/"), name, each)
        command = ["powershell", "-NoProfile", "-NonInteractive", "-Command", script]
        return read_powershell(self._run(command, _POWERSHELL_S), properties)


def judge(answer: Answer) -> Tuple[Optional[bool], str]:
    """What the answer to the question for Win32_OperatingSystem says: (damaged, error)."""
    if answer.rows:
        return False, ""
    if answer.error in _BROKEN:
        return True, "{} {}".format(answer.error, _BROKEN[answer.error])
    if answer.error in _DENIED:
        return None, "{} {}".format(answer.error, _DENIED[answer.error])
    return None, answer.error


def read_wmic(result: CommandResult, wanted: str) -> Answer:
    """One column out of wmic."""
    if result.timed_out:
        return Answer(timed_out=True)
    if result.code is None:
        return Answer(missing=True)
    text = decode(result.out)
    said = (text + "\n" + result.err.replace("\x00", "")).strip()
    values = parse_column(text, wanted)
    if values is not None:
        return Answer([{wanted: value} for value in values])
    if "no instance(s) available" in said.lower():
        return Answer([])
    error = find_error(said, result.code)
    return Answer(error=error, silent=not said and not error)


def read_powershell(result: CommandResult, properties: Sequence[str]) -> Answer:
    """Rows between our own marks: without them nothing was answered."""
    text = decode(result.out)
    if result.timed_out:
        # Before the first mark it was powershell itself that was slow: no word on WMI.
        return Answer(timed_out="gapwatch=start" in text, silent="gapwatch=start" not in text)
    if "gapwatch=end" in text:
        return Answer(parse_list(text, properties))
    error = find_error(text, None)
    return Answer(error=error, silent=not error)


def decode(out: bytes) -> str:
    """UTF-16 with a mark, as wmic writes it into files and some of its versions into pipes; else UTF-8 or, on old
    consoles, a code page of which only the ASCII half is safe."""
    if out[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return out.decode("utf-16", "replace")
    if out[1:2] == b"\x00":
        return out.decode("utf-16-le", "replace")
    return out.decode("utf-8-sig", "replace").replace("\x00", "")


def parse_column(text: str, wanted: str) -> Optional[List[str]]:
    """The values below a heading, or of lines NAME=VALUE; None when the text is neither."""
    lines = [line.strip() for line in text.splitlines() if line.strip()][:_MAX_ROWS]
    if lines and lines[0].lower() == wanted.lower():
        return lines[1:]
    rows = parse_list(text, (wanted,))
    return [row[wanted] for row in rows] if rows else None


def parse_list(text: str, properties: Sequence[str]) -> List[Dict[str, str]]:
    """Rows of lines NAME=VALUE. Empty lines say nothing (some systems write one after each line): a name that comes
    again begins the next row."""
    known = {name.lower(): name for name in properties}
    rows: List[Dict[str, str]] = []
    for line in text.splitlines():
        name, sign, value = line.strip().partition("=")
        wanted = known.get(name.strip().lower())
        if not sign or wanted is None:
            continue
        if not rows or wanted in rows[-1]:
            if len(rows) == _MAX_ROWS:
                break
            rows.append({})
        rows[-1][wanted] = value.strip()
    return rows


def find_error(said: str, code: Optional[int]) -> str:
    """An HRESULT as "0x80041010" from what a program wrote, its exit status, or the English words of wmic;
    "" without any of these."""
    match = _CODE.search(said)
    if match:
        return "0x" + match.group(1).lower()
    if code is not None and 0x80000000 <= code & 0xFFFFFFFF < 0xFFFFFFFF:
        return "0x{:08x}".format(code & 0xFFFFFFFF)
    match = re.search(r"^\s*Description = (.+?)\s*$", said, re.MULTILINE | re.IGNORECASE)
    return _WORDS.get(match.group(1).lower(), "") if match else ""
