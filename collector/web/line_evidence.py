"""Evidence of the findings about lines, services and meetings, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from collector.i18n import N_, format, line_words, translator
from collector.i18n.line_words import figure
from collector.i18n.words import LINE_KINDS, word

LABELS: Mapping[str, str] = {
    "load_checks": N_("Lưu lượng và dung lượng"),
    "rate_checks": N_("Tốc độ đo được và tốc độ đã trả tiền"),
    "window_days": N_("Xét trong (ngày)"),
    "contract_no": N_("Số hợp đồng"),
    "grade": N_("Mức sẵn sàng họp"),
    "blocked_by": N_("Chặn bởi"),
    "p90": N_("Mức p90 đo được"),
    "tests": N_("Số lần đo"),
    "services": N_("Dịch vụ"),
    "provider_wide": N_("Gần như mọi nơi của nhà cung cấp đều bị"),
}


def phrase(kind: str, key: str, value: Any, evidence: Mapping[str, Any], lang: str) -> str | None:
    """What reads better as a phrase; None: nothing special."""
    said = _PHRASES.get(key)
    if said is not None and isinstance(value, list):
        return "; ".join(said(item, lang) for item in value if isinstance(item, Mapping))
    if kind != "meeting_not_ready":
        return None
    if key == "grade":
        return word(line_words.GRADES, str(value), lang)
    if key == "blocked_by":
        return word(line_words.DIMENSIONS, str(value), lang)
    if key in ("p90", "limit") and isinstance(value, int | float):
        return figure(value, line_words.UNIT_OF.get(str(evidence.get("blocked_by")), ""), lang)
    return None


def _mbps(value: Any, lang: str) -> str:
    return figure(value if isinstance(value, int | float) else None, "Mb/s", lang)


def _load(check: Mapping[str, Any], lang: str) -> str:
    _ = translator(lang)
    proven = check.get("verdict") == "over"
    text = (
        N_("%(side)s: p95 ít nhất %(value)s, ngưỡng %(limit)s của %(paid)s, %(samples)s/%(expected)s mẫu")
        if proven
        else N_(
            "%(side)s: p95 lúc có mẫu %(value)s, ngưỡng %(limit)s của %(paid)s, mới có %(samples)s/%(expected)s mẫu"
        )
    )
    return _(text) % {
        "side": word(line_words.DIMENSIONS, str(check.get("direction", "")), lang),
        "value": _mbps(check.get("proven_mbps" if proven else "seen_mbps"), lang),
        "limit": _mbps(check.get("limit_mbps"), lang),
        "paid": _mbps(check.get("paid_mbps"), lang),
        "samples": format.number(check.get("samples"), lang),
        "expected": format.number(check.get("expected"), lang),
    }


def _rate(check: Mapping[str, Any], lang: str) -> str:
    _ = translator(lang)
    return _(
        N_("%(line)s, %(side)s: trung vị %(median)s qua %(tests)s lần đo đủ, trả tiền %(paid)s, cần %(limit)s")
    ) % {
        "line": word(LINE_KINDS, str(check.get("line_kind", "")), lang),
        "side": word(line_words.DIMENSIONS, str(check.get("direction", "")), lang),
        "median": _mbps(check.get("median_mbps"), lang),
        "tests": format.number(check.get("full_tests"), lang),
        "paid": _mbps(check.get("paid_mbps"), lang),
        "limit": _mbps(check.get("limit_mbps"), lang),
    }


def _service(item: Mapping[str, Any], lang: str) -> str:
    _ = translator(lang)
    stage = word(line_words.STAGES, str(item.get("stage", "")), lang)
    if "observed" in item:
        text = N_("%(name)s: không trả lời %(failing)s/%(observed)s địa điểm, %(stage)s")
        values = {"failing": item.get("failing"), "observed": item.get("observed")}
    else:
        text = N_("%(name)s: trả lời %(answered)s/%(tries)s lần thử, %(stage)s")
        values = {"answered": item.get("answered"), "tries": item.get("tries")}
    return _(text) % {"name": item.get("service", ""), "stage": stage, **values}


_PHRASES: Mapping[str, Callable[[Mapping[str, Any], str], str]] = {
    "load_checks": _load,
    "rate_checks": _rate,
    "services": _service,
}
