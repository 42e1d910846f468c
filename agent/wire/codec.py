"""Dataclass <-> JSON object, with typed errors that name the field.

Readers are compiled once per class. Unknown keys are passed over (a newer agent may send more), missing keys take
the field's default, a wrong type is a FieldError. Only the shapes that the contract uses are supported:
str, int, float, bool, Optional of these, Tuple[X, ...] of these or of dataclasses, dataclasses, Dict[str, dataclass].
"""

from __future__ import annotations

import dataclasses
import json
import math
import re
import typing
from typing import Any, Callable, Dict, List, Tuple, Type, TypeVar, Union

from .errors import FieldError, LimitError

T = TypeVar("T")
Reader = Callable[[Any, str], Any]

MAX_DEPTH = 12
MAX_TEXT = 4096
MAX_ITEMS = 1024
_INT_LIMIT = 2**63
_SURROGATES = re.compile("[\ud800-\udfff]")
_TEXTS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_NO_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")

_readers: Dict[Any, Reader] = {}


def to_plain(value: Any) -> Any:
    """A dataclass tree as dicts, lists and scalars; fields equal to their default are left out to save bytes."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        plain = {}
        for field in dataclasses.fields(value):
            item = getattr(value, field.name)
            if field.default is not dataclasses.MISSING and item == field.default:
                continue
            plain[field.name] = to_plain(item)
        return plain
    if isinstance(value, dict):
        return {key: to_plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_plain(item) for item in value]
    return value


def dumps(value: Any) -> bytes:
    """Canonical JSON (sorted keys, no spaces, UTF-8): equal values give equal bytes, so they can be hashed."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode(
        "utf-8", "replace"
    )


def loads(data: bytes, max_depth: int = MAX_DEPTH) -> Any:
    """JSON bytes as plain values. Raises LimitError when nested too deep, FieldError when it is not JSON."""
    _check_depth(data, max_depth)
    try:
        value = _decoder.decode(data.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise FieldError("", "is not valid JSON: {}".format(error)) from None
    if b"\\u" in data:  # our own writer has no reason to escape: raw ones are refused above
        _check_texts(value, "")
    return value


def read(cls: Type[T], value: Any, path: str = "") -> T:
    """Plain value -> dataclass `cls`. Raises FieldError naming the first wrong field."""
    return typing.cast(T, reader_for(cls)(value, path))


def reader_for(kind: Any) -> Reader:
    """The compiled reader of a type; a missing one is a programming error (TypeError)."""
    reader = _readers.get(kind)
    if reader is None:
        reader = _compile(kind)
        _readers[kind] = reader
    return reader


def _no_constant(name: str) -> Any:
    raise ValueError("{} is not allowed".format(name))


def _check_depth(data: bytes, max_depth: int) -> None:
    # Before the parser recurses. Texts are cut out, so that brackets inside them do not count.
    if data.count(b"{") + data.count(b"[") <= max_depth:
        return
    depth = 0
    for byte in _TEXTS.sub(b"", data).translate(None, _NO_BRACKETS):
        if byte in b"{[":
            depth += 1
            if depth > max_depth:
                raise LimitError("nested deeper than {} levels".format(max_depth))
        else:
            depth -= 1


def _whole_number(digits: str) -> int:
    value = int(digits)
    if not -_INT_LIMIT <= value < _INT_LIMIT:
        raise ValueError("a whole number outside 64 bits is not allowed")
    return value


def _finite_number(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError("{} is too large for a number".format(digits[:20]))
    return value


# Numbers are checked as they are read: what no reader looks at (fields and sections of a newer agent) is stored too.
_decoder = json.JSONDecoder(parse_int=_whole_number, parse_float=_finite_number, parse_constant=_no_constant)


def _check_texts(value: Any, path: str) -> None:
    if isinstance(value, str):
        if "\x00" in value or (not value.isascii() and _SURROGATES.search(value)):
            raise FieldError(path, "has a NUL or a lone surrogate")
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_texts(key, path + ".(name)" if path else "(name)")
            _check_texts(item, path + "." + key if path else key)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _check_texts(item, "{}[{}]".format(path, index))


def _compile(kind: Any) -> Reader:
    if kind is str:
        return _read_str
    if kind is int:
        return _read_int
    if kind is float:
        return _read_float
    if kind is bool:
        return _read_bool
    if kind is Any:
        return lambda value, path: value
    origin = getattr(kind, "__origin__", None)
    args: Tuple[Any, ...] = getattr(kind, "__args__", ())
    if origin is Union and len(args) == 2 and args[1] is type(None):
        return _optional(reader_for(args[0]))
    if origin is tuple and len(args) == 2 and args[1] is Ellipsis:
        return _sequence(reader_for(args[0]))
    if origin is dict and args[0] is str:
        return _mapping(reader_for(args[1]))
    if dataclasses.is_dataclass(kind):
        return _dataclass(typing.cast(type, kind))
    raise TypeError("the wire has no reader for {!r}".format(kind))


def _read_str(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise FieldError(path, "must be a text, got {}".format(_name(value)))
    if len(value) > MAX_TEXT:
        raise FieldError(path, "is longer than {} characters".format(MAX_TEXT))
    if "\x00" in value or (not value.isascii() and _SURROGATES.search(value)):
        raise FieldError(path, "has a NUL or a lone surrogate")
    return value


def _read_int(value: Any, path: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise FieldError(path, "must be a whole number, got {}".format(_name(value)))
    if not -_INT_LIMIT <= value < _INT_LIMIT:
        raise FieldError(path, "is outside 64 bits")
    return value


def _read_float(value: Any, path: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise FieldError(path, "must be a number, got {}".format(_name(value)))
    try:
        number = float(value)
    except OverflowError:
        raise FieldError(path, "is too large") from None
    if not math.isfinite(number):
        raise FieldError(path, "must be finite")
    return number


def _read_bool(value: Any, path: str) -> bool:
    if not isinstance(value, bool):
        raise FieldError(path, "must be true or false, got {}".format(_name(value)))
    return value


def _optional(inner: Reader) -> Reader:
    def read_optional(value: Any, path: str) -> Any:
        return None if value is None else inner(value, path)

    return read_optional


def _sequence(inner: Reader) -> Reader:
    def read_sequence(value: Any, path: str) -> Tuple[Any, ...]:
        if not isinstance(value, list):
            raise FieldError(path, "must be a list, got {}".format(_name(value)))
        if len(value) > MAX_ITEMS:
            raise FieldError(path, "has more than {} entries".format(MAX_ITEMS))
        return tuple([inner(item, "{}[{}]".format(path, index)) for index, item in enumerate(value)])

    return read_sequence


def _mapping(inner: Reader) -> Reader:
    def read_mapping(value: Any, path: str) -> Dict[str, Any]:
        if not isinstance(value, dict):
            raise FieldError(path, "must be an object, got {}".format(_name(value)))
        if len(value) > MAX_ITEMS:
            raise FieldError(path, "has more than {} entries".format(MAX_ITEMS))
        return {key: inner(item, path + "." + key if path else key) for key, item in value.items()}

    return read_mapping


def _dataclass(cls: type) -> Reader:
    hints = typing.get_type_hints(cls)
    rows: List[Tuple[str, Reader, bool]] = []
    for field in dataclasses.fields(cls):
        required = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        rows.append((field.name, reader_for(hints[field.name]), required))

    def read_dataclass(value: Any, path: str) -> Any:
        if not isinstance(value, dict):
            raise FieldError(path, "must be an object, got {}".format(_name(value)))
        found = {}
        for name, reader, required in rows:
            if name in value:
                found[name] = reader(value[name], path + "." + name if path else name)
            elif required:
                raise FieldError(path + "." + name if path else name, "is missing")
        return cls(**found)

    return read_dataclass


def _name(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true/false", type(None): "null"}
    return names.get(type(value), "a number")
