"""What can be said of a device that no family knows, or that its family leaves open. Pure. A wrong answer costs more than
none, so only evidence that is nearly always right counts, best first:

| field | evidence | why it may be trusted |
| --- | --- | --- |
| vendor | IANA number in sysObjectID | makers use their own; toolkits and chip makers are left out of the list |
|  | first words of sysDescr, maker in a printer's 1284 identification | a maker of our list there beats the number: firms are bought
and build for each other |
|  | maker in ENTITY-MIB, LLDP-MED, UPS-MIB | only when it is one of our list: free text is not |
| hardware | model of the chassis in ENTITY-MIB, LLDP-MED inventory, UPS-MIB; printer's 1284 model and name | the objects are defined as just that |
| version | software of the chassis, LLDP-MED, DOCSIS; sysDescr with the word | firmware of the chassis is often a boot loader, that of
UPS-MIB may be the card's: only families know |
| serial | chassis in ENTITY-MIB, LLDP-MED, Printer-MIB, DOCSIS; sysDescr behind "S/N" | parts and ports have numbers too: never those |
| type | Printer-MIB, UPS-MIB, DOCSIS; words of sysDescr; a bridge with many Ethernet ports | servers answer none of them |
|  | the maker, when it makes one kind of network equipment | third column of enterprises.csv, after all other evidence |

Not used: host names, interface names, hardware addresses, open ports, sysServices alone.
"""

from __future__ import annotations

import csv
import functools
import os
import re
from typing import Dict, Optional, Set, Tuple

from . import shapes
from .answers import Answers
from .family import Family, Source
from .rules import ENTERPRISES, Found, Needs, evaluate, is_generic
from .values import SYS_DESCR, SYS_OBJECT, clean, is_binary, text_of

ENTERPRISE_FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "enterprises.csv")

UPS = "1.3.6.1.2.1.33.1.1"  # UPS-MIB upsIdent
UPS_MAKER, UPS_MODEL = UPS + ".1.0", UPS + ".2.0"
MED = "1.0.8802.1.1.2.1.5.4795.1.2"  # LLDP-EXT-MED-MIB lldpXMedLocalData: inventory of the device itself
MED_SOFTWARE, MED_SERIAL, MED_MAKER, MED_MODEL = MED + ".4.0", MED + ".5.0", MED + ".6.0", MED + ".7.0"
PRINTER_STATE = "1.3.6.1.2.1.43.5.1.1.1.1"  # Printer-MIB prtGeneralConfigChanges of the first printer
# IEEE 1284 identification of a printer ("MFG:HP;MDL:LaserJet 4;..."): PPM-MIB, and HP's gdStatusId that many others copied
PRINTER_IDS = ("1.3.6.1.4.1.2699.1.2.1.2.1.1.3.1", "1.3.6.1.4.1.11.2.3.9.1.1.7.0")
DOCSIS_SERIAL, DOCSIS_VERSION = "1.3.6.1.2.1.69.1.1.4.0", "1.3.6.1.2.1.69.1.3.5.0"  # DOCS-CABLE-DEVICE-MIB
BRIDGE_PORTS = "1.3.6.1.2.1.17.1.2.0"  # BRIDGE-MIB dot1dBaseNumPorts
IF_TYPE = "1.3.6.1.2.1.2.2.1.3"
SERVICES = "1.3.6.1.2.1.1.7.0"  # sysServices: bit 2 is a bridge
ETHERNET = "6"  # IANAifType ethernetCsmacd
LEAST_PORTS = 5

# Makers of parts: their name in a text does not name the device.
# The same goes for names that are also common words or abbreviations.
_PARTS = frozenset(
    ("intel", "marvell", "nvidia", "oracle", "supermicro", "amd", "fs", "delta", "planet", "net optics", "acer", "adder", "alloy",
     "amer", "ami", "atop", "bull", "cab", "dec", "hopf", "ict", "kip", "lg", "option", "sick", "sma", "toa", "trimble", "zoom")
)  # fmt: skip

_NO_FAMILY = Family("generic", "", (), (), {})
_SOURCES: Dict[str, Tuple[Source, ...]] = {
    "hardware": (
        Source("entity", "model"), Source("oid", MED_MODEL), Source("oid", UPS_MODEL),
        *(Source("oid", oid, r"(?:^|;)\s*(?:MDL|MODEL):\s*([^;]+)") for oid in PRINTER_IDS),
    ),
    "version": (Source("entity", "software"), Source("oid", MED_SOFTWARE), Source("oid", DOCSIS_VERSION)),
    "serial": (
        Source("entity", "serial"), Source("oid", MED_SERIAL), Source("printer", "serial"), Source("oid", DOCSIS_SERIAL),
        *(Source("oid", oid, r"(?:^|;)\s*(?:SN|SERN|SERIALNUMBER):\s*([^;]+)") for oid in PRINTER_IDS),
    ),
}  # fmt: skip


@functools.lru_cache(maxsize=1)
def enterprises() -> Dict[str, Tuple[str, str]]:
    """IANA enterprise number -> maker, and the type of its equipment when it makes only one ("")."""
    with open(ENTERPRISE_FILE, encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.reader(stream) if len(row) in (2, 3) and row[0].isdigit()]
    return {row[0]: (row[1], row[2] if len(row) == 3 else "") for row in rows}


@functools.lru_cache(maxsize=1)
def makers() -> Dict[str, str]:
    """Maker in lower case -> as it is written."""
    return {name.lower(): name for name, _ in enterprises().values() if name.lower() not in _PARTS}


@functools.lru_cache(maxsize=1)
def one_kind() -> Dict[str, str]:
    """Maker -> type, for makers whose every number has the same type."""
    kinds: Dict[str, Set[str]] = {}
    for name, kind in enterprises().values():
        kinds.setdefault(name, set()).add(kind)
    return {name: kind for name, found in kinds.items() if len(found) == 1 for kind in found if kind}


def maker_of(object_id: str) -> Tuple[str, str]:
    """Maker and type that a sysObjectID names; ("", "") when it is a toolkit's or not in our list."""
    if is_generic(object_id):
        return "", ""
    return enterprises().get(object_id[len(ENTERPRISES) :].split(".")[0], ("", ""))


def maker_in(text: str) -> Optional[str]:
    """The maker of our list whose name the text begins with, as whole words."""
    words = re.split(r"[\s,;()/]+", text.strip())[:3]
    for count in (3, 2, 1):
        found = makers().get(" ".join(words[:count]).lower())
        if found and len(words) >= count:
            return found
    return None


def needed(known: Set[str], answers: Answers) -> Needs:
    """What fill() reads for the fields that are not yet known."""
    needs = Needs()
    wanted = {key: sources for key, sources in _SOURCES.items() if key not in known}
    for sources in wanted.values():
        for source in sources:
            needs.source(source)
    if "type" not in known or "hardware" not in known:
        needs.objects.update(dict.fromkeys((PRINTER_STATE, UPS_MODEL, *PRINTER_IDS)))
    if "type" not in known:
        needs.objects.update(dict.fromkeys((BRIDGE_PORTS, SERVICES, DOCSIS_SERIAL)))
        if shapes.kind(answers.descr) is None:
            needs.columns[IF_TYPE] = None
    if "vendor" not in known and not maker_of(answers.object)[0]:
        needs.blocks.add("entity")
        needs.objects.update(dict.fromkeys((UPS_MAKER, MED_MAKER)))
    return needs


def fill(found: Dict[str, Found], closed: Set[str], answers: Answers) -> None:
    """Adds what is safe to `found`; fields in `closed` stay unknown."""
    open_fields = {"vendor", "type", "hardware", "version", "serial"} - closed - set(found)
    cable = shapes.docsis(answers.descr)
    for key, value in cable.items():
        if key in open_fields:
            _put(found, key, maker_in(value) or value if key == "vendor" else value, SYS_DESCR)
    for key in ("hardware", "version", "serial"):
        if key in open_fields and key not in found:
            value = _plausible(key, evaluate(_SOURCES[key], answers, _NO_FAMILY))
            if key == "version" and value is not None:
                text = shapes.revision(value.text)
                value = Found(text, value.oid) if text else None
            if value is not None:
                found[key] = value
    if "vendor" in open_fields and "vendor" not in found:
        _fill_vendor(found, answers)
    if "type" in open_fields:
        _fill_type(found, answers, bool(cable))
    _fill_rest(found, open_fields, answers)


def _put(found: Dict[str, Found], key: str, text: Optional[str], oid: str) -> None:
    if text and key not in found:
        found[key] = Found(text, oid)


def _plausible(key: str, value: Optional[Found]) -> Optional[Found]:
    """Some agents put an object name or a sentence where a model belongs."""
    if value is None or (re.match(r"^[\d.]+$", value.text) and value.text.count(".") > 5):
        return None
    if key == "hardware" and (len(value.text) > 60 or value.text.count(" ") > 7):
        return None
    if key == "serial" and (len(value.text) < 3 or (" " in value.text.strip() and len(value.text) > 40)):
        return None
    return value


def _fill_vendor(found: Dict[str, Found], answers: Answers) -> None:
    _put(found, "vendor", maker_in(answers.descr), SYS_DESCR)
    for oid in PRINTER_IDS:
        maker = re.search(r"(?:^|;)\s*(?:MFG|MANUFACTURER):\s*([^;]+)", answers.text(oid), re.IGNORECASE)
        _put(found, "vendor", maker_in(maker.group(1).replace("Hewlett-Packard", "HP")) if maker else None, oid)
    _put(found, "vendor", maker_of(answers.object)[0], SYS_OBJECT)
    for oid, text in _named_makers(answers):
        _put(found, "vendor", maker_in(text), oid)


def _named_makers(answers: Answers) -> Tuple[Tuple[str, str], ...]:
    from .answers import ENT_COLUMNS

    rows = ["{}.{}".format(ENT_COLUMNS["vendor"], index) for index in answers.chassis()] + [MED_MAKER, UPS_MAKER]
    return tuple((oid, answers.text(oid)) for oid in rows if answers.get(oid) and not is_binary(answers.get(oid)))


def _fill_type(found: Dict[str, Found], answers: Answers, cable: bool) -> None:
    said = shapes.kind(answers.descr)
    proof = [oid for oid in (PRINTER_STATE, *PRINTER_IDS) if answers.get(oid) not in (None, b"")]
    if proof:
        _put(found, "type", "printer", proof[0])
    elif answers.get(UPS_MODEL) is not None and said in (None, "ups"):
        _put(found, "type", "ups", UPS_MODEL)  # distribution units and rectifiers that speak UPS-MIB say so in sysDescr
    elif cable or answers.get(DOCSIS_SERIAL) is not None:
        _put(found, "type", "modem", SYS_DESCR if cable else DOCSIS_SERIAL)
    elif said:
        _put(found, "type", said, SYS_DESCR)
    elif _is_bridge(answers):
        _put(found, "type", "switch", BRIDGE_PORTS)
    else:
        vendor = found["vendor"] if "vendor" in found else Found("")
        maker, kind = maker_of(answers.object)
        _put(found, "type", kind if maker == vendor.text else "", SYS_OBJECT)
        _put(found, "type", one_kind().get(vendor.text), vendor.oid)


def _is_bridge(answers: Answers) -> bool:
    """A bridge whose first interfaces are all Ethernet and which calls itself a bridge, not a host: access points and
    gateways have radios or few ports."""
    ports, services = answers.get(BRIDGE_PORTS), answers.get(SERVICES)
    kinds = [text_of(value) for _, value in answers.rows(IF_TYPE)]
    if not isinstance(ports, int) or not isinstance(services, int) or "71" in kinds:
        return False
    return ports >= LEAST_PORTS and services & 2 > 0 and services < 64 and kinds.count(ETHERNET) >= LEAST_PORTS


def _fill_rest(found: Dict[str, Found], open_fields: Set[str], answers: Answers) -> None:
    """What sysDescr alone says, and the printer's own name."""
    if "version" in open_fields:
        _put(found, "version", clean(shapes.version(answers.descr) or ""), SYS_DESCR)
    if "serial" in open_fields:
        _put(found, "serial", shapes.serial(answers.descr), SYS_DESCR)
    if "hardware" in open_fields:
        if answers.get(PRINTER_STATE) is not None:
            value = evaluate((Source("printer", "model"),), answers, _NO_FAMILY)
            _put(found, "hardware", value.text if value else None, value.oid if value else "")
        if "vendor" in found:  # of an unknown maker one word may as well be the name that somebody gave the device
            _put(found, "hardware", shapes.model(answers.descr, tuple(makers())), SYS_DESCR)
