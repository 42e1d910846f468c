"""Words about lines, services and meetings. Message ids; figures are put in where they are shown."""

from __future__ import annotations

from collections.abc import Mapping

from collector.i18n import N_, format, translator
from inventory.domain.readiness import Readiness

GRADES: Mapping[str, str] = {
    "ready": N_("sẵn sàng"),
    "limited": N_("hạn chế"),
    "audio": N_("chỉ nghe, nói"),
    "not_ready": N_("chưa sẵn sàng"),
    "unknown": N_("chưa rõ"),
}
GRADE_MARKS: Mapping[str, str] = {"ready": "up", "limited": "odd", "audio": "suspect", "not_ready": "lost"}
DIMENSIONS: Mapping[str, str] = {
    "rtt": N_("độ trễ"),
    "jitter": N_("độ rung (jitter)"),
    "loss": N_("mất gói"),
    "loss_up": N_("mất gói chiều đi"),
    "loss_down": N_("mất gói chiều về"),
    "down": N_("tải xuống"),
    "up": N_("tải lên"),
}
UNITS: Mapping[str, str] = {"ms": "ms", "percent": "%", "mbps": "Mb/s"}
UNIT_OF: Mapping[str, str] = {
    "rtt": "ms", "jitter": "ms", "loss": "%", "loss_up": "%", "loss_down": "%", "down": "Mb/s", "up": "Mb/s",
}  # fmt: skip
MISSING: Mapping[str, str] = {
    "not_measured": N_("chưa đo"),
    "few": N_("đo chưa đủ lần"),
    "old": N_("số đo đã cũ"),
}
FORECASTS: Mapping[str, str] = {"pass": N_("đạt"), "fail": N_("không đạt"), "unknown": N_("chưa rõ")}
FORECAST_MARKS: Mapping[str, str] = {"pass": "up", "fail": "lost"}
REASONS: Mapping[str, str] = {
    "cut_off": N_("đang mất kết nối"),
    "power": N_("nghi đang mất điện"),
    "flapping": N_("đường truyền chập chờn trong bảy ngày qua"),
    "slow_down": N_("tải xuống không đủ"),
    "slow_up": N_("tải lên không đủ"),
    "rtt": N_("độ trễ quá lớn"),
    "jitter": N_("độ rung quá lớn"),
    "loss": N_("mất gói quá nhiều"),
    "not_observed": N_("địa điểm chưa quan sát được"),
    "not_measured": N_("chưa đo đường truyền"),
    "few": N_("đo chưa đủ lần"),
    "old": N_("số đo đã cũ"),
    "bounded": N_("mới đo có giới hạn dung lượng, chưa chứng minh được đủ tốc độ"),
}
STAGES: Mapping[str, str] = {
    "dns": N_("không tìm ra tên miền"),
    "tcp": N_("không kết nối được"),
    "http": N_("có kết nối nhưng không trả lời"),
}
NETWORKS: Mapping[str, str] = {"internet": N_("Internet"), "government": N_("mạng TSLCD")}
LINK_CLASSES: Mapping[str, str] = {
    "fibre": N_("cáp quang"),
    "government": N_("mạng TSLCD"),
    "mobile": N_("di động"),
    "satellite": N_("vệ tinh"),
    "": N_("chưa rõ loại"),
}
LEVELS: Mapping[str, str] = {
    "full": N_("đo đầy đủ"),
    "capped": N_("đo có giới hạn"),
    "stamp": N_("chỉ đo gói tin nhỏ"),
    "none": N_("hết hạn mức, ngừng đo"),
    "": N_("chưa rõ"),
}
TESTS: Mapping[str, str] = {
    "stamp": N_("gói tin (STAMP)"),
    "ndt7_down": N_("tải xuống (ndt7)"),
    "ndt7_up": N_("tải lên (ndt7)"),
}
OUTCOMES: Mapping[str, str] = {
    "ok": N_("đo đủ"),
    "capped": N_("có giới hạn, là cận dưới"),
    "stopped_busy": N_("dừng vì có người đang dùng mạng"),
    "refused": N_("máy thu từ chối"),
    "failed": N_("không đo được"),
}
LOADS: Mapping[str, str] = {
    "over": N_("quá tải"),
    "busy": N_("gần đầy trong giờ đo được"),
    "within": N_("trong mức"),
    "unknown": N_("chưa rõ"),
}
LOAD_MARKS: Mapping[str, str] = {"over": "lost", "busy": "suspect", "within": "up"}
RATES: Mapping[str, str] = {
    "below": N_("thấp hơn hợp đồng"),
    "kept": N_("đúng hợp đồng"),
    "unknown": N_("chưa rõ"),
}
RATE_MARKS: Mapping[str, str] = {"below": "lost", "kept": "up"}
WHY_UNKNOWN: Mapping[str, str] = {
    "no_rate": N_("chưa khai tốc độ đã trả tiền"),
    "few_samples": N_("chưa đủ mẫu lưu lượng"),
    "few_tests": N_("đo chưa đủ lần"),
    "only_capped": N_("mới đo có giới hạn"),
    "which_line": N_("chưa rõ phép đo đi qua đường nào"),
}


def figure(value: float | None, unit: str, lang: str) -> str:
    """ "37,5 ms", "0,4%", "12 Mb/s"; "–" when it is not known."""
    if value is None:
        return format.NOTHING
    digits = 0 if value >= 100 or float(value).is_integer() else 1 if value >= 10 else 2 if unit == "Mb/s" else 1
    text = format.decimal(value, digits, lang)
    return text + "%" if unit == "%" else f"{text} {unit}"


def why(code: str, readiness: Readiness, lang: str) -> str:
    """A reason of a forecast with the figure behind it."""
    _ = translator(lang)
    text = _(REASONS[code])
    name = {"slow_down": "down", "slow_up": "up"}.get(code, code)
    if name in UNIT_OF:
        value = readiness.of(name).value
        if value is not None:
            return f"{text} ({figure(value, UNIT_OF[name], lang)})"
    return text
