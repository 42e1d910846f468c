"""What a refusal or a strange answer means, in words for the person at the PC. Pure."""

from __future__ import annotations

from typing import Any, Dict

from . import words
from .errors import TransportError


def refusal(url: str, status: int, plain: Any, retry_after: str) -> TransportError:
    """An error answer in the API's one shape, or any other, as one line with a remedy."""
    shape = plain.get("error") if isinstance(plain, dict) else None
    told: Dict[str, Any] = shape if isinstance(shape, dict) else {}
    code, text, remedy, field = (str(told.get(key) or "")[:300] for key in ("code", "message", "remedy", "field"))
    if code in words.REFUSALS:
        (text, remedy), field = words.REFUSALS[code], ""
    message = "Máy chủ từ chối ({}{}): {}{}".format(
        status, " " + code if code else "", field + ": " if field else "", text or url
    )
    wait = float(retry_after) if retry_after.isdigit() else 0.0
    permanent = 400 <= status < 500 and status not in (408, 425, 429)
    if not remedy:
        remedy = _REMEDIES.get(status, "Chờ máy chủ hoạt động lại" if status >= 500 else "")
    return TransportError(message, remedy, permanent, code or "http_{}".format(status), status, wait)


_REMEDIES = {
    401: "Máy chủ không nhận định danh của máy này; xin mã ghi danh mới rồi chạy: gapwatch-agent enrol --again",
    403: "Định danh của máy này đã bị thu hồi hoặc tạm giữ; liên hệ quản trị hệ thống của tỉnh",
    404: "Kiểm tra [agent] server: địa chỉ này không phải máy chủ thu thập",
    405: "Kiểm tra [agent] server: địa chỉ này không phải máy chủ thu thập",
    429: "Máy chủ đang bận; chương trình sẽ tự gửi lại",
}


def strange(what: str, status: int = 0) -> TransportError:
    return TransportError(
        "Câu trả lời không phải của máy chủ thu thập ({})".format(what),
        "Có thể mạng yêu cầu đăng nhập (Wi-Fi công cộng) hoặc [agent] server, proxy sai",
        code="strange_answer",
        status=status,
    )


def no_answer(code: str, host: str, reason: str = "") -> TransportError:
    """Nobody answered at all; `code` is one of _NO_ANSWER."""
    text, remedy = _NO_ANSWER[code]
    return TransportError(text.format(host=host, reason=reason), remedy, code=code)


_NO_ANSWER = {
    "proxy": ("Không nối được qua proxy tới {host}", "Kiểm tra [agent] proxy"),
    "proxy_login": (
        "Proxy đòi tên và mật khẩu để nối tới {host}", "Ghi proxy = http://TÊN:MẬT_KHẨU@MÁY:CỔNG",
    ),
    "tls": ("Không tin được chứng thư của {host} ({reason})", "Kiểm tra đồng hồ máy và [agent] ca_file"),
    "timeout": ("{host} không trả lời kịp", "Kiểm tra đường truyền; chương trình sẽ tự gửi lại"),
    "dns": ("Không tìm thấy tên máy chủ {host}", "Kiểm tra [agent] server và DNS của mạng"),
    "connect": ("Không nối được tới {host}", "Kiểm tra đường truyền, tường lửa và [agent] server"),
}  # fmt: skip


def tls_reason(text: str) -> str:
    for reason in ("certificate has expired", "not yet valid", "self-signed", "self signed", "doesn't match"):
        if reason in text:
            return reason
    return "unable to get local issuer" if "local issuer" in text else "TLS"


def is_collectors_word(error: TransportError) -> bool:
    """The collector itself has said no: another address would say the same. Anything else (a captive portal, a proxy,
    an empty server) is no reason to believe that the collector cannot be reached elsewhere."""
    return 400 <= error.status < 500 and not error.code.startswith("http_") and error.code != "strange_answer"
