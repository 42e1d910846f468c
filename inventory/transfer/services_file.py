"""Reading the list of services from its file."""

from __future__ import annotations

from pathlib import Path

from inventory.domain.problem import BadValue
from inventory.domain.service import Service, parse_services

LARGEST = 256 * 1024


def read_services(path: str) -> tuple[Service, ...]:
    """The services of the file; () for no path. Raises BadValue that names file, line and remedy."""
    if not path:
        return ()
    try:
        raw = Path(path).read_bytes()
    except OSError as error:
        raise BadValue(
            f"services_file: {path}",
            "không đọc được tệp ({error})",
            "sửa đường dẫn trong tệp cài đặt, hoặc để trống nếu không theo dõi dịch vụ nào",
            error=error.strerror or type(error).__name__,
        ) from None
    if len(raw) > LARGEST:
        raise BadValue(f"services_file: {path}", "tệp quá lớn", "danh sách dịch vụ chỉ cần vài kB")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise BadValue(
            f"services_file: {path}", "dòng {line} không phải chữ UTF-8", "lưu lại tệp với bảng mã UTF-8", line=line
        ) from None
    return parse_services(text, f"services_file: {path}")
