"""Values of thresholds as people read them and as forms take them back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from collector.i18n import N_, Translate, format
from collector.i18n import policy_words as words
from inventory.domain.policy import Rule
from inventory.store.policy_secrets import hide_community, hide_user

LONG_KINDS = ("hours", "targets", "dated", "names", "names_hosts", "communities", "snmp_users", "relay_hosts")
"""Kinds of value that take several lines."""

FORM_HINTS: Mapping[str, str] = {
    "names_hosts": N_("Mỗi dòng một tên miền, ví dụ chinhphu.vn; không quá 8."),
    "relay_hosts": N_("Mỗi dòng một máy, ví dụ 192.168.1.20 hoặc 192.168.1.20:8737; không quá 4."),
    "communities": N_("Mỗi dòng một mật khẩu đọc, không quá 5. Dòng •••• giữ nguyên mật khẩu cũ."),
    "snmp_users": N_(
        "Mỗi dòng: tên | SHA256 | khóa xác thực | AES | khóa mã hóa; không quá 5. Khóa •••• giữ nguyên khóa cũ."
    ),
}
"""How to write the kinds whose form nobody can guess."""


def shown(rule: Rule, value: Any, lang: str, translate: Translate) -> list[str]:
    """A value as lines for people."""
    if value is None or value == () or value == "":
        return [translate(N_("(để trống)"))]
    if isinstance(value, bool):
        return [translate(N_("có") if value else N_("không"))]
    if rule.kind in ("targets", "dated", "hours"):
        return [f"{name}: {_date_text(text, lang)}" for name, text in value]
    if rule.kind == "snmp_users":
        return [" | ".join(hide_user(user)) for user in value]
    if rule.kind == "communities":
        return [", ".join(hide_community(item) for item in value)]
    if isinstance(value, tuple):
        return [", ".join(str(item) for item in value)]
    if isinstance(value, date):
        return [format.day(value, lang)]
    if rule.kind == "weekday":
        return [translate(words.WEEKDAYS[value])]
    if rule.unit == "share" and isinstance(value, int | float):
        return [f"{format.decimal(value, 2, lang)} ({format.percent(value, 1, lang)})"]
    if rule.unit == "percent":
        unit = "%"
    else:
        unit = " " + translate(words.UNITS[rule.unit]) if rule.unit not in ("", "count") else ""
    if rule.key == "relay.port":
        return [str(value)]  # a number, but no quantity
    if isinstance(value, int):
        return [format.number(value, lang) + unit]
    if isinstance(value, float):
        places = 0 if value == int(value) else 2
        return [format.decimal(value, places, lang) + unit]
    return [str(value)]


def written(rule: Rule, value: Any) -> str:
    """A value as the form's field takes it back; what is hidden in it is put back by the store."""
    if rule.kind in ("targets", "dated", "hours"):
        return "\n".join(f"{name} | {text}" for name, text in value)
    if rule.kind == "ints":
        return ", ".join(str(item) for item in value)
    if rule.kind == "snmp_users":
        return "\n".join(" | ".join(hide_user(user)) for user in value)
    if rule.kind == "communities":
        return "\n".join(hide_community(item) for item in value)
    if isinstance(value, tuple):
        return "\n".join(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _date_text(text: str, lang: str) -> str:
    try:
        return format.day(date.fromisoformat(text), lang)
    except ValueError:
        return text
