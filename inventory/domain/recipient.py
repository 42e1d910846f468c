"""What people write about a reader of the weekly mail, field by field: text in, value or BadValue out. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from inventory.domain.problem import BadValue

SCOPE_KINDS = ("unit", "area", "province")
SALUTATIONS = ("dong_chi", "ong", "ba")
_LENGTHS = {"role": 80, "name": 120, "email": 254}
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_VIETNAMESE_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)


@dataclass(frozen=True, slots=True)
class RecipientForm:
    """A recipient as people write it: a row of the page's form or of the CSV file. Everything is text."""

    scope_kind: str = ""
    scope_id: str = ""  # unit id; area id or name; may be empty for the province
    role: str = ""
    name: str = ""
    salutation: str = "dong_chi"
    email: str = ""
    copy: str = ""  # "" or "0" addressee, "1" copy reader
    valid_from: str = ""  # YYYY-MM-DD or dd/mm/yyyy
    valid_to: str = ""


def check_email(text: str) -> str:
    """The address in lower case. Raises BadValue that names what is wrong with it."""
    if not text:
        raise BadValue("email", "chưa có địa chỉ thư", "ghi như chutich.vinhson@gialai.gov.vn")
    if any(unicodedata.category(c).startswith(("C", "Z")) for c in text):
        raise BadValue("email", "có dấu cách, xuống dòng hoặc ký tự điều khiển", "ghi liền một địa chỉ")
    if not text.isascii():
        raise BadValue("email", "có chữ có dấu", "ghi địa chỉ bằng chữ không dấu")
    if any(c in text for c in ",;<>"):
        raise BadValue("email", "có nhiều địa chỉ hoặc dấu , ; < >", "mỗi dòng chỉ ghi một địa chỉ, không kèm tên")
    local, at, domain = text.rpartition("@")
    if not at or not local:
        raise BadValue("email", 'thiếu phần trước hoặc dấu "@"', "ghi như chutich.vinhson@gialai.gov.vn")
    if len(text) > _LENGTHS["email"] or len(local) > 64:
        raise BadValue("email", "quá dài", "kiểm tra lại địa chỉ")
    if not _LOCAL.fullmatch(local):
        raise BadValue("email", 'phần trước dấu "@" không hợp lệ: {local}', "kiểm tra lại địa chỉ", local=local)
    if not _DOMAIN.fullmatch(domain):
        raise BadValue("email", "tên miền không hợp lệ: {domain}", "ghi như gialai.gov.vn", domain=domain)
    return text.lower()


def check_text(field: str, text: str) -> str:
    """One line of text in NFC. Raises BadValue."""
    text = unicodedata.normalize("NFC", text).strip(" ")
    # a line break in a name would begin a header of its own in the mail
    if any(unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") for c in text):
        raise BadValue(field, "có xuống dòng hoặc ký tự điều khiển", "ghi trên một dòng")
    if len(text) > _LENGTHS[field]:
        raise BadValue(field, "dài quá {limit} ký tự", "rút gọn", limit=_LENGTHS[field])
    return text


def check_day(field: str, text: str) -> date | None:
    """A day as people or programs write it; None for nothing. Raises BadValue."""
    text = text.strip()
    if not text:
        return None
    try:
        if _ISO_DAY.fullmatch(text):
            return date.fromisoformat(text)
        if found := _VIETNAMESE_DAY.fullmatch(text):
            return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        pass
    raise BadValue(field, "{text} không phải là ngày", "ghi như 30/06/2026", text=text[:40])


def one_of(field: str, value: str, allowed: tuple[str, ...]) -> str:
    """A value of a fixed list. Raises BadValue."""
    if value not in allowed:
        raise BadValue(field, "{value} không dùng được", "chọn {allowed}", value=value[:40], allowed=", ".join(allowed))
    return value
