"""One Jinja environment per language, with figures, dates and words already in that language."""

from __future__ import annotations

import hashlib
from functools import lru_cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from collector.i18n import LANGUAGES, catalogue, device_words, format, words
from collector.web import svg

HERE = Path(__file__).parent
STATIC = HERE / "static"


@lru_cache(maxsize=len(LANGUAGES))
def environment(lang: str) -> Environment:
    """Templates of `collector/web/templates`; an undefined name is an error, everything is escaped."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    texts = catalogue(lang)
    made.install_gettext_callables(texts.gettext, texts.ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.globals.update(
        lang=lang,
        words=words,
        device_words=device_words,
        word=partial(words.word, lang=lang),
        static=static_url,
        number=partial(format.number, lang=lang),
        decimal=partial(format.decimal, lang=lang),
        percent=partial(format.percent, lang=lang),
        day=partial(format.day, lang=lang),
        moment=partial(format.moment, lang=lang),
        ago=partial(format.ago, lang=lang),
        span=partial(format.span, lang=lang),
        gigabytes=partial(format.gigabytes, lang=lang),
        svg=svg,
        named=named,
        pairs=lambda choices: [(value, texts.gettext(said[1])) for value, said in choices.items()],
        texts=lambda choices: [(value, texts.gettext(said)) for value, said in choices.items()],
    )
    return made


def named(vendor: str, model: str) -> str:
    """Maker and model; the maker once where its model begins with its name: "HP ProDesk", not "HP HP ProDesk"."""
    return model if vendor and model.lower().startswith(vendor.lower()) else f"{vendor} {model}".strip()


@lru_cache(maxsize=64)
def static_url(name: str) -> str:
    """The address of a static file with a mark of its content: a new release is fetched, an old one kept for ever."""
    mark = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={mark}"
