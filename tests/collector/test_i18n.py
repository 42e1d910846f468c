"""The English catalogue is complete, has nothing that no text uses, and keeps every placeholder."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

import collector
from collector.i18n import LANGUAGES, catalogue, catalogue_files, format, plural, translator
from collector.i18n.words import SITE_STATES, word

ROOT = Path(collector.__file__).parent
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2"), ("**/templates/**.txt", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "N_": None, "ngettext": (1, 2)}
PLACEHOLDER = re.compile(r"%(?:\((\w+)\))?[sd%]|\{(\w*)\}")

Message = str | tuple[str, str]


@cache
def used() -> dict[Message, str]:
    """Message -> one place that uses it, over all Python files and templates of the collector."""
    found: dict[Message, str] = {}
    for file, line, message, _comments, _context in extract_from_dir(ROOT, METHODS, keywords=KEYWORDS):  # type: ignore[arg-type]
        key: Message = message if isinstance(message, str) else (message[0], message[1])
        found.setdefault(key, f"{file}:{line}")
    return found


@cache
def translated() -> dict[Message, list[tuple[str, tuple[str, ...]]]]:
    """Message -> (file, forms) of every translation."""
    found: dict[Message, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
    for path in catalogue_files("en"):
        for message in _read(path):
            if message.id:
                key: Message = message.id if isinstance(message.id, str) else (message.id[0], message.id[1])
                forms = (message.string,) if isinstance(message.string, str) else tuple(message.string)
                found[key].append((path.name, forms))
    return found


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="en", abort_invalid=True)


def placeholders(text: str) -> list[str]:
    return sorted({match[1] or match[2] or match[0] for match in PLACEHOLDER.finditer(text)})


def test_the_extraction_sees_the_collector() -> None:
    assert len(used()) > 250
    assert any(place.startswith("web/templates/") for place in used().values())


def test_every_text_has_an_english_one() -> None:
    missing = [f"{place}: {key!r}" for key, place in used().items() if key not in translated()]
    assert not missing, "\n".join(missing)


def test_no_english_text_is_empty() -> None:
    empty = [f"{name}: {key!r}" for key, entries in translated().items() for name, forms in entries if not all(forms)]
    assert not empty, "\n".join(empty)


def test_no_english_text_is_unused() -> None:
    unused = [f"{entries[0][0]}: {key!r}" for key, entries in translated().items() if key not in used()]
    assert not unused, "\n".join(unused)


def test_two_files_never_disagree_about_a_text() -> None:
    split = [f"{key!r}: {entries}" for key, entries in translated().items() if len({forms for _, forms in entries}) > 1]
    assert not split, "\n".join(split)


def test_placeholders_are_the_same_in_both_languages() -> None:
    wrong = [
        f"{name}: {key!r} -> {form!r}"
        for key, entries in translated().items()
        for name, forms in entries
        for form in forms
        if placeholders(form) != placeholders(key if isinstance(key, str) else key[0])
    ]
    assert not wrong, "\n".join(wrong)


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="'fr' is not one of vi, en"):
        catalogue("fr")


def test_vietnamese_is_the_source() -> None:
    assert translator("vi")("Tổng quan") == "Tổng quan"
    assert translator("en")("Tổng quan") == "Overview"
    assert plural("en")("%(n)s giờ", "%(n)s giờ", 1) == "%(n)s hour"
    assert plural("en")("%(n)s giờ", "%(n)s giờ", 2) == "%(n)s hours"


def test_a_code_without_a_word_is_shown_as_it_is() -> None:
    assert word(SITE_STATES, "UP") == "đang hoạt động"
    assert word(SITE_STATES, "NEW_STATE", "en") == "NEW_STATE"


@pytest.mark.parametrize(
    ("value", "vi", "en"), [(0, "0", "0"), (999, "999", "999"), (1231, "1.231", "1,231"), (None, "–", "–")]
)
def test_whole_numbers(value: int | None, vi: str, en: str) -> None:
    assert (format.number(value), format.number(value, "en")) == (vi, en)


def test_decimals_and_sizes() -> None:
    assert format.decimal(97.6) == "97,6"
    assert format.decimal(1234.56, 2) == "1.234,56"
    assert format.decimal(1234.56, 2, "en") == "1,234.56"
    assert format.gigabytes(8 * 2**30) == "8 GB"
    assert format.gigabytes(round(7.9 * 2**30)) == "7,9 GB"


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(41, 42, "97,6%"), (0, 5, "0%"), (5, 5, "100%"), (1, 100_000, "0,1%"), (99_999, 100_000, "99,9%"), (0, 0, "–")],
)
def test_shares_never_round_to_all_or_nothing(part: int, whole: int, shown: str) -> None:
    assert format.percent(part, whole) == shown


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_share_is_100_only_when_it_is_all(part: int, whole: int) -> None:
    part = min(part, whole)

    shown = format.percent(part, whole)

    assert (shown == "100%") == (part == whole)
    assert (shown == "0%") == (part == 0)


def test_days_and_moments_are_local() -> None:
    late_evening = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)

    assert format.day(late_evening) == "21/11/2026"
    assert format.moment(late_evening) == "00:30 21/11/2026"
    assert format.day(date(2026, 11, 1), "en") == "1 Nov 2026"


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        format.moment(datetime(2026, 11, 20, 17, 30))


@pytest.mark.parametrize(
    ("before", "vi", "en"),
    [
        (timedelta(seconds=20), "vừa xong", "just now"),
        (timedelta(minutes=1), "cách đây 1 phút", "1 minute ago"),
        (timedelta(hours=2, minutes=59), "cách đây 2 giờ", "2 hours ago"),
        (timedelta(days=400), "cách đây 400 ngày", "400 days ago"),
        (timedelta(minutes=-5), "sau 5 phút", "in 5 minutes"),
    ],
)
def test_how_long_ago(before: timedelta, vi: str, en: str) -> None:
    now = datetime(2026, 11, 21, 7, tzinfo=UTC)

    assert format.ago(now - before, now) == vi
    assert format.ago(now - before, now, "en") == en


def test_lengths_of_time() -> None:
    assert format.span(5400) == "1 giờ 30 phút"
    assert format.span(3 * 86_400 + 4 * 3600 + 59) == "3 ngày 4 giờ"
    assert format.span(12) == "dưới 1 phút"
    assert format.span(3600, "en") == "1 hour"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_known_is_a_dash(lang: str) -> None:
    now = datetime(2026, 11, 21, tzinfo=UTC)

    assert {
        format.day(None, lang),
        format.moment(None, lang),
        format.ago(None, now, lang),
        format.span(None, lang),
    } == {"–"}
    assert {format.decimal(None, 1, lang), format.percent(None, 4, lang), format.gigabytes(None, lang)} == {"–"}
