"""Digest -> subject, plain text, HTML. Nothing in the HTML is fetched from anywhere; tables are plain ones.

Some mail clients drop the style sheet: the letter stays readable without it, on a phone it is made for narrow screens.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from collector.mail import outage_words, wording
from collector.mail.requests import opening, requests
from collector.settings import Settings
from inventory.domain.digest import Digest
from inventory.domain.letter import Compose, Reader, Rendered

WIDTH = 78
"""Columns of the plain text: no client wraps it again."""


def composer(settings: Settings) -> Compose:
    """The function that the weekly job and the preview page are given: a digest and its readers -> a letter."""

    def compose(digest: Digest, readers: Sequence[Reader]) -> Rendered:
        return render(digest, readers, settings.base_url, settings.mail_contact)

    return compose


def render(digest: Digest, readers: Sequence[Reader], base_url: str, contact: str) -> Rendered:
    """The letter about one scope, the same for all its readers."""
    context = _context(digest, readers) | {"base_url": base_url, "contact": contact}
    subject = wording.subject(digest)
    return Rendered(
        subject=subject,
        text=_squeezed(_templates().get_template("weekly.txt").render(subject=subject, **context)),
        html=_templates().get_template("weekly.html").render(subject=subject, **context),
    )


def _context(digest: Digest, readers: Sequence[Reader]) -> dict[str, Any]:
    copy_roles = wording.copies(readers, digest)
    items = [
        {
            "place": wording.place(item, digest),
            "condition": wording.condition(item, digest),
            "since": wording.format.moment(item.since),
            "cause": wording.cause(item),
            "party": wording.party(item),
            "state": wording.state(item),
            "due": wording.due(item),
            "late": wording.lateness(item, copy_roles),
        }
        for item in digest.items
    ]
    results = [
        {
            "place": wording.place(done, digest),
            "text": wording.result(done, digest),
            "on": wording.format.day(done.closed_on),
        }
        for done in digest.results
    ]
    return {
        "digest": digest,
        "week": wording.week_name(digest.week),
        "headline": wording.headline(digest),
        "sample": {"": "", "some": "có một phần là dữ liệu mẫu", "all": "là dữ liệu mẫu"}[digest.sample],
        "salutation": wording.salutation(readers, digest),
        "copies": copy_roles,
        "period": wording.period(digest),
        "figures": [wording.figure(key, digest) for key in digest.key_figures],
        "previous": wording.previous_name(digest),
        "items": items,
        "worst": wording.worst(digest, copy_roles) if len(items) > 1 else "",
        "more": wording.format.number(digest.more_items) if digest.more_items else "",
        "aside": wording.aside(digest),
        "results": results,
        "communes": [wording.commune(row) for row in digest.communes],
        "opening": opening(digest),
        "requests": requests(digest),
        "blind": wording.blindness(digest),
        "events": [outage_words.event(line, digest) for line in digest.events],
        "corrections": [outage_words.correction(item, digest) for item in digest.corrections],
        "availability": outage_words.availability(digest),
        "as_of": wording.clock(digest),
    }


def _wrap(text: str, first: str = "", rest: str | None = None) -> str:
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=first if rest is None else rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _squeezed(text: str) -> str:
    """At most one empty line in a row, none at the ends."""
    lines: list[str] = []
    for line in text.split("\n"):
        if line.strip() or (lines and lines[-1]):
            lines.append(line.rstrip())
    return "\n".join(lines).strip("\n") + "\n"


@lru_cache(maxsize=1)
def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters["wrap"] = _wrap
    return made
