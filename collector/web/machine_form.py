"""The form in which people declare what they know of a machine: reading and checking it, field by field."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Self

from collector.i18n import N_
from inventory.store.machine_sheet import PURCHASE_SOURCES, STATUSES, Declaration

FIRST_PC = date(1981, 8, 12)
"""Nothing was bought before the first IBM PC."""

SOURCES = {"asset_book": N_("Sổ tài sản"), "typed": N_("Người khai nhớ hoặc theo giấy tờ khác")}
IMPORTED = N_("Nhập từ tệp")
"""A source that only an import can set."""

MAX_TAG = 60
MAX_NOTE = 200


@dataclass(slots=True)
class MachineForm:
    """Texts as typed; `errors` by field, as message ids."""

    asset_tag: str
    purchase_date: str  # 2013-05-02 from the browser's date field, or 02/05/2013 as typed
    purchase_source: str
    status: str
    status_note: str
    errors: dict[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def of(cls, said: Declaration, lang: str) -> Self:
        """The form filled with what is stored."""
        day = said.purchase_date.isoformat() if said.purchase_date else ""
        return cls(said.asset_tag, day, said.purchase_source, said.status, said.status_note)

    def read(self, before: Declaration, today: date) -> Declaration | None:
        """What the form says, or None with `errors` filled."""
        tag, note = " ".join(self.asset_tag.split()), " ".join(self.status_note.split())
        bought = self._date(today)
        if len(tag) > MAX_TAG:
            self.errors["asset_tag"] = N_("Mã tài sản dài quá 60 ký tự; kiểm tra lại trên sổ tài sản.")
        kept = before.purchase_source and self.purchase_source == before.purchase_source  # "import" may stay
        if bought and not kept and self.purchase_source not in PURCHASE_SOURCES:
            self.errors["purchase_source"] = N_("Chọn nguồn của ngày đưa vào sử dụng.")
        # `conflict` is the evaluation's word: it may stay, but nobody can choose it
        if self.status not in STATUSES and self.status != before.status:
            self.errors["status"] = N_("Chọn một tình trạng trong danh sách.")
        if self.status not in ("in_use", "conflict") and not note:
            self.errors["status_note"] = N_("Tình trạng này cần lý do: viết vào ô lý do.")
        if len(note) > MAX_NOTE:
            self.errors["status_note"] = N_("Lý do dài quá 200 ký tự; hãy rút gọn.")
        if self.errors:
            return None
        return Declaration(tag, bought, self.purchase_source if bought else "", self.status, note)

    def _date(self, today: date) -> date | None:
        text = self.purchase_date.strip()
        if not text:
            return None
        try:
            bought = _parse(text)
        except ValueError:
            self.errors["purchase_date"] = N_("Ngày không đúng; viết như 02/05/2013.")
            return None
        if bought > today:
            self.errors["purchase_date"] = N_("Ngày này chưa đến; kiểm tra lại năm.")
        elif bought < FIRST_PC:
            self.errors["purchase_date"] = N_("Ngày này trước khi có máy vi tính; kiểm tra lại năm.")
        return bought


def _parse(text: str) -> date:
    """ISO, or day first with / . or -. Raises ValueError."""
    if len(text) == 10 and text[4] == "-":
        return date.fromisoformat(text)
    day, month, year = (int(piece) for piece in text.replace(".", "/").replace("-", "/").split("/"))
    if year < 1000:
        raise ValueError("a year has four digits")
    return date(year, month, day)
