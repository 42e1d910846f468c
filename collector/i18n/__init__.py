"""Words on screens and in mails. Vietnamese is the source: message ids ARE the Vietnamese texts.

    _ = translator("en")
    _("Địa điểm")                                   # "Sites"
    plural("en")("%(n)s máy", "%(n)s máy", 3)       # "%(n)s PCs"
    LABELS = {"UP": N_("Đang hoạt động")}           # marked for the catalogue, translated where it is shown

English lives in `en.po` (shared texts and the pages of the base) and in one fragment per slice, `en/<slice>.po`. They
are read when first needed, without a compile step. Placeholders are named: `%(count)s`. A text that is missing in
English is shown in Vietnamese; `tests/collector/test_i18n.py` fails before that can happen to a user.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from babel.messages.pofile import read_po

SOURCE = "vi"
LANGUAGES = ("vi", "en")

Translate = Callable[[str], str]
Plural = Callable[[str, str, int], str]

_HERE = Path(__file__).parent


class Catalogue:
    """The texts of one language."""

    def __init__(self, lang: str, texts: dict[str, str], plurals: dict[str, tuple[str, ...]]) -> None:
        self.lang = lang
        self._texts = texts
        self._plurals = plurals

    def gettext(self, message: str) -> str:
        """The text in this language, else the Vietnamese one."""
        return self._texts.get(message) or message

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        """The form for `count`; Vietnamese has one form only."""
        forms = self._plurals.get(singular)
        if forms:
            return forms[0] if count == 1 else forms[-1]
        return singular if count == 1 else plural


def N_(message: str) -> str:
    """Marks a text for the catalogue and returns it unchanged."""
    return message


@lru_cache(maxsize=len(LANGUAGES))
def catalogue(lang: str) -> Catalogue:
    """The catalogue of a language of LANGUAGES. Raises ValueError for another."""
    if lang not in LANGUAGES:
        raise ValueError(f"language {lang!r} is not one of {', '.join(LANGUAGES)}")
    texts: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    for path in catalogue_files(lang):
        with path.open("rb") as file:
            for message in read_po(file, locale=lang):
                if not message.id:
                    continue
                if isinstance(message.id, str):
                    texts[message.id] = str(message.string)
                else:
                    plurals[message.id[0]] = tuple(str(form) for form in message.string or ())
    return Catalogue(lang, texts, plurals)


def catalogue_files(lang: str) -> list[Path]:
    """The files of a language in the order in which they are merged; none for the source language."""
    own = _HERE / f"{lang}.po"
    return ([own] if own.exists() else []) + sorted((_HERE / lang).glob("*.po"))


def translator(lang: str) -> Translate:
    """`_` for a language."""
    return catalogue(lang).gettext


def plural(lang: str) -> Plural:
    """`ngettext` for a language."""
    return catalogue(lang).ngettext
