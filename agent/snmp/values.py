"""What an SNMP object holds and how it reads. A leaf: standard library only, pure.

A value is an int (INTEGER, counters, TimeTicks in hundredths of a second), bytes (OCTET STRING, Opaque) or a str (OBJECT
IDENTIFIER in dotted form without a leading dot, IpAddress). Object names are dotted strings as well.
"""

from __future__ import annotations

import re
from typing import Optional, Tuple, Union

Value = Union[int, bytes, str]

MAX_TEXT = 1024  # characters kept of a foreign text; sysDescr may have 255, liars send more
MAX_FIELD = 128  # characters of a printed field

SYS_DESCR = "1.3.6.1.2.1.1.1.0"
SYS_OBJECT = "1.3.6.1.2.1.1.2.0"
SYS_NAME = "1.3.6.1.2.1.1.5.0"
SYS_LOCATION = "1.3.6.1.2.1.1.6.0"

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_CONTROL_BYTES = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_UTF16 = re.compile(rb"(?:[\x09-\x7e]\x00)+|(?:\x00[\x09-\x7e])+")  # Latin letters in two bytes each
_PLACEHOLDERS = frozenset(
    ("", "n/a", "na", "n.a", "nil", "none", "null", "(null)", "(none)", "<none>", "<unknown>", "[none]", "unknown",
     "unspecified", "undefined", "unavailable", "unassigned", "default", "invalid", "empty", "notset", "noname", "tbd",
     "not set", "not available", "not applicable", "not specified", "not defined", "not present", "not found",
     "not supported", "not assigned", "not programmed", "not initialized", "no serial", "no serial number", "serial number",
     "serial number not set", "invalid serial", "no name", "no value", "no data", "default string", "system serial number",
     "system product name", "system manufacturer", "system version", "product name", "model name", "unknown chassis",
     "chassis", "string", "error", "test", "1234567890", "0123456789", "123456789", "12345678")
)  # fmt: skip
_SAME = re.compile(r"(.)\1{3,}")


def text_of(value: Optional[Value]) -> str:
    """The value as one text of at most MAX_TEXT characters; line ends stay. Bytes are UTF-8, else Latin-1; NULs end or pad
    a text; binary content (see is_binary) reads as "00:1b:fc"."""
    if value is None:
        return ""
    if isinstance(value, bytes):
        return ":".join("{:02x}".format(byte) for byte in value[:64]) if is_binary(value) else _decoded(value)
    return str(value)[:MAX_TEXT]


def is_binary(value: Optional[Value]) -> bool:
    """Bytes that are no text in any usual encoding, such as a hardware address. A stray control byte in a text is none."""
    if not isinstance(value, bytes):
        return False
    raw = _bare(value)
    controls = len(_CONTROL_BYTES.findall(raw))
    return controls > 0 and (len(raw) <= 8 or controls * 4 > len(raw))


def _bare(raw: bytes) -> bytes:
    """Without what surrounds a text: padding, and the character set number that printers of HP's language put before it."""
    raw = raw[: 4 * MAX_TEXT].rstrip(b"\x00")
    if raw[:2] in (b"\xfd\xe8", b"\xfd\xe9", b"\x01\x15"):
        raw = raw[2:]
    if raw.count(b"\x00") * 2 >= len(raw) - 1 > 2 and _UTF16.fullmatch(raw + b"\x00" * (len(raw) % 2)):
        return raw.replace(b"\x00", b"")
    head, end, _ = raw.partition(b"\x00")
    return head if end and len(head) >= 4 else raw  # behind the end mark of a C buffer stands rubbish


def _decoded(raw: bytes) -> str:
    raw = _bare(raw)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    return _CONTROL.sub(" ", text).strip()[:MAX_TEXT]


def clean(text: str) -> Optional[str]:
    """A field's text in one line of at most MAX_FIELD characters, or None when it says nothing: empty, a placeholder,
    the same character over and over ("0000000", "xxxx", "...")."""
    shown = "".join(char if char.isprintable() else " " for char in text[:MAX_TEXT])
    line = " ".join(shown.split()).strip("\"' ")[:MAX_FIELD].strip()
    if not line or not any(char.isalnum() for char in line):
        return None
    low = line.lower().strip(" .:;,")
    if low in _PLACEHOLDERS or low.startswith(("to be filled", "o.e.m", "not set ", "not available")):
        return None
    if _SAME.fullmatch(low) or not low.strip("0-. :x"):  # 1111, 0x0, 00-00-00, xxx
        return None
    return line


def arcs(oid: str) -> Tuple[int, ...]:
    """The numbers of a dotted object name, for ordering. ValueError when it is none."""
    return tuple(int(part) for part in oid.split("."))


def under(oid: str, prefix: str) -> bool:
    """Whether `oid` is `prefix` or below it, by whole arcs."""
    return oid == prefix or oid.startswith(prefix + ".")
