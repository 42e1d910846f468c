"""What a device has answered so far: single objects and the first rows of columns, and the blocks that rules speak of (the
chassis of ENTITY-MIB, the printer of HOST-RESOURCES-MIB). Pure."""

from __future__ import annotations

from typing import Dict, List, Optional, Tuple

from .values import SYS_DESCR, SYS_NAME, SYS_OBJECT, Value, text_of

ENT = "1.3.6.1.2.1.47.1.1.1.1"  # ENTITY-MIB entPhysicalEntry
ENT_CLASS, ENT_PARENT = ENT + ".5", ENT + ".4"
ENT_COLUMNS = {
    "descr": ENT + ".2", "name": ENT + ".7", "hardware": ENT + ".8", "firmware": ENT + ".9", "software": ENT + ".10",
    "serial": ENT + ".11", "vendor": ENT + ".12", "model": ENT + ".13",
}  # fmt: skip
MAX_CHASSIS = 3
CHASSIS, STACK = "3", "11"  # IANA-ENTITY-MIB PhysicalClass

HR_TYPE, HR_DESCR = "1.3.6.1.2.1.25.3.2.1.2", "1.3.6.1.2.1.25.3.2.1.3"  # HOST-RESOURCES-MIB hrDeviceType, hrDeviceDescr
HR_PRINTER = "1.3.6.1.2.1.25.3.1.5"
PRINTER_SERIAL = "1.3.6.1.2.1.43.5.1.1.17"  # Printer-MIB prtGeneralSerialNumber


class Answers:
    """Objects by name; an object that was asked and is not there has the value None."""

    def __init__(self) -> None:
        self._values: Dict[str, Optional[Value]] = {}
        self._columns: Dict[str, List[Tuple[str, Value]]] = {}

    def put(self, oid: str, value: Optional[Value]) -> None:
        self._values[oid] = value

    def put_rows(self, prefix: str, rows: List[Tuple[str, Value]]) -> None:
        self._columns[prefix] = rows

    def get(self, oid: str) -> Optional[Value]:
        return self._values.get(oid)

    def asked(self, oid: str) -> bool:
        return oid in self._values

    def walked(self, prefix: str) -> bool:
        return prefix in self._columns

    def rows(self, prefix: str) -> List[Tuple[str, Value]]:
        """Rows of a column that was walked, in the device's order; names in full."""
        return self._columns.get(prefix, [])

    def text(self, oid: str) -> str:
        return text_of(self.get(oid))

    @property
    def descr(self) -> str:
        return self.text(SYS_DESCR)

    @property
    def object(self) -> str:
        return self.text(SYS_OBJECT)

    @property
    def name(self) -> str:
        return self.text(SYS_NAME)

    def chassis(self) -> List[str]:
        """Indexes in ENTITY-MIB of what may be the thing itself, best first: chassis, then stack, then the parts that are in
        no other. A stack's own row is mostly empty: its first chassis speaks for it."""
        classes = [(oid[len(ENT_CLASS) + 1 :], text_of(value)) for oid, value in self.rows(ENT_CLASS)]
        found = [index for wanted in (CHASSIS, STACK) for index, kind in classes if kind == wanted]
        for oid, value in self.rows(ENT_PARENT):
            if text_of(value) == "0":
                found.append(oid[len(ENT_PARENT) + 1 :])
        return found[:MAX_CHASSIS]

    def printer(self) -> str:
        """hrDeviceIndex of the first printer, "1" when the table does not say."""
        for oid, value in self.rows(HR_TYPE):
            if text_of(value) == HR_PRINTER:
                return oid[len(HR_TYPE) + 1 :]
        return "1"
