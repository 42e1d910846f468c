"""Reading plain JSON data: what is missing or of another type than promised is "not known", never an error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Plain = Mapping[str, Any]
"""An object as it came over the wire or out of a JSON column."""

LONGEST_TEXT, LONGEST_LIST = 200, 40  # in the evidence of a finding


def text(data: Plain, key: str) -> str:
    """A text field without outer blanks and runs of blanks; "" when it is missing or no text."""
    value = data.get(key)
    return " ".join(value.split()) if isinstance(value, str) else ""


def whole(data: Plain, key: str) -> int | None:
    """A whole number of zero or more; None when it is missing or something else."""
    value = data.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def truth(data: Plain, key: str) -> bool | None:
    """True, False, or None when nobody said."""
    value = data.get(key)
    return value if isinstance(value, bool) else None


def rows(data: Plain, key: str) -> list[Plain]:
    """A list of objects; what is no object is left out."""
    value = data.get(key)
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list | tuple) else []


def texts(data: Plain, key: str) -> list[str]:
    """A list of texts without empty ones; what is no text is left out."""
    value = data.get(key)
    return [item for item in value if isinstance(item, str) and item] if isinstance(value, list | tuple) else []


def brief(value: Any) -> Any:
    """A JSON value with its texts and lists cut to what people read: evidence comes from PCs that nobody has checked,
    and goes into letters."""
    if isinstance(value, str):
        return value if len(value) <= LONGEST_TEXT else value[: LONGEST_TEXT - 1] + "…"
    if isinstance(value, Mapping):
        return {key: brief(item) for key, item in value.items()}
    return [brief(item) for item in value[:LONGEST_LIST]] if isinstance(value, list | tuple) else value
