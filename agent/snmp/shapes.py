"""What sysDescr says of a device whose family nobody described: shapes that makers use alike. Pure.

Each shape was kept only if it is nearly always right by itself, and gives up when the text holds two that disagree:
- a version counts when a word like "version" or "firmware" stands before it and no word like "hardware", "boot" or
  "kernel" does; several different ones count only if exactly one is called software or firmware;
- a serial number counts only behind "S/N" or "serial", with a digit in it;
- a type counts when the text holds the words of exactly one type, after removing words that only look like one
  ("transfer switch", "KVM switch", "printer port");
- a model counts when it is a word of letters and digits that is the whole text or stands right behind the maker's name.
What cannot be told from a text like that stays unknown: free prose about the model, bare numbers, host names.
"""

from __future__ import annotations

import re
from typing import Dict, List, Optional, Tuple

from .values import clean

# RFC-like form that DOCSIS prescribes for sysDescr of cable modems (CM-SP-OSSIv3.0 section 8.2.4)
_DOCSIS = re.compile(r"<<\s*HW_REV:.*?SW_REV:.*?>>", re.IGNORECASE | re.DOTALL)
_DOCSIS_KEYS = {"vendor": "VENDOR", "version": "SW_REV", "hardware": "MODEL"}

_NUMBER = r"(?P<number>\d{1,5}(?:[._]\d{1,6}){1,5}(?:[-._(]?[0-9A-Za-z()]{1,12}){0,3})(?![\w.])"
_WORD = r"(?:version|versions?no\.?|vers\.?|ver\.?|release|rel\.?|software|firmware|f/?w|s/?w)"
_VERSION = re.compile(
    r"(?<!\w)(?P<word>" + _WORD + r")(?:[\s:=#_-]|is|v(?=\d)|ver(?:sion)?\.?){0,12}" + _NUMBER, re.IGNORECASE
)
_NUMBERS = re.compile(r"\d+(?:\.\d+)+")
_BREAK = re.compile(r"[,;\n(/]|\d[\w.]*\s")  # what stands before one of these speaks of something else
_BARE_VERSION = re.compile(r"(?<![\w.-])v\.? ?" + _NUMBER, re.IGNORECASE)
_NOT_THE_VERSION = re.compile(
    r"\b(hardware|h/?w|board|pcb|boot\w*|loader|uboot|u-boot|bios|kernel|linux|bsp|rom|prom|cpld|fpga|snmp|mib|protocol|api|"
    r"engine|driver|java|usb|library|openssl|net-snmp|agent|compiler|gcc|schema|web|module|card|modem|dsp|sensor|nic)\b",
    re.IGNORECASE,
)
_COMPUTER = re.compile(r"\s*(linux|freebsd|netbsd|openbsd|sunos|darwin|hardware:.*software: windows)\b", re.IGNORECASE)
_THE_VERSION = re.compile(r"software|firmware|\bf/?w\b|\bs/?w\b", re.IGNORECASE)

_SERIAL = re.compile(
    r"(?<![\w/])(?:S/N|SN|serial(?:[ _-]?(?:number|num|no))?)[\s.:#=]{1,3}(?P<serial>[A-Z0-9](?:[A-Z0-9-]{3,30})[A-Z0-9])(?![\w-])",
    re.IGNORECASE,
)

# Word groups that look like another type than they mean; cut out before the types are looked for.
_MISLEADING = re.compile(
    r"\b(print(?:er)? (?:port|queue)s?|switch(?:ing)? power supply|power supply|router board|ups battery|"
    r"application switch|spam firewall|internet router|routing switch(?= \w+ router)|camera server)\b",
    re.IGNORECASE,
)
_TYPES: Tuple[Tuple[str, str], ...] = (
    ("pdu", r"(?:switched|metered|monitored|rack|intelligent|smart|basic)[ -]?(?:rack )?pdus?|\bpdus?\b|power distribution unit|"
            r"transfer switch|power strip|remote power"),
    ("console", r"kvm(?:[ -]over[ -]ip)?(?: switch)?|console server|terminal server|device server|serial server"),
    ("switch", r"(?:san|fib(?:re|er) channel|fc|fabric) switch(?:es)?"),
    ("storage", r"tape library|fib(?:re|er) channel|disk array|storage system|"
                r"raid controller|autoloader"),
    ("phone", r"soft-?switch|ip[ -]?phone|voip|sip (?:phone|gateway|server)|\b(?:ip-?)?pbx\b|voice gateway|analog(?:ue)? gateway"),
    ("conference", r"video ?conferenc\w+|telepresence|conference (?:phone|system)"),
    ("wireless", r"access point|wireless (?:lan )?controller|wlan controller|wireless bridge|wi-?fi ap|microwave|radio link|"
                 r"point[ -]to[ -]point|802\.11\w* ap|wireless ap|base ?station"),
    ("optical", r"\bolt\b|\bdwdm\b|\bcwdm\b|media converter|\bedfa\b|\bmuxponder\b|optical (?:line|transport|amplifier)|transponder"),
    ("modem", r"cable modem|\b[av]dsl2?\+?(?: modem| router)?\b|\bont\b|\bonu\b|docsis|(?:3g|4g|lte|cellular|gsm) modem"),
    ("firewall", r"firewall|\butm\b|security gateway|vpn gateway|security appliance"),
    ("loadbalancer", r"load[ -]?balanc\w+|application delivery controller"),
    ("printer", r"printer|\bmfp\b|multi-?function (?:printer|device|peripheral)|laserjet|plotter|print server|jetdirect"),
    ("camera", r"\b(?:ip|network|dome|video) ?cam(?:era)?s?\b|\bnvr\b|\bdvr\b|video recorder|video encoder|video server"),
    ("ups", r"\bups\b|uninterrupt\w+ power"),
    ("nas", r"\bnas\b|network attached storage"),
    ("environment", r"temperature|humidity|thermometer|environment(?:al)? monitor\w*|air condition\w*|chiller|sensor (?:hub|gateway)|"
                    r"leak detect\w*"),
    ("power", r"rectifier|inverter|generator|dc power|power plant|battery monitor|power meter|energy meter"),
    ("switch", r"(?:ethernet|gigabit|managed|smart|poe\+?|layer[ -]?[23]|l[23]|stackable|industrial|network|web)?[ -]?switch(?:es)?\b"),
    ("router", r"\brouters?\b"),
)  # fmt: skip
_TYPE_PATTERNS = [(kind, re.compile(r"(?<!\w)(?:" + words + r")(?!\w)", re.IGNORECASE)) for kind, words in _TYPES]

_MODEL = re.compile(r"^(?=[\w/+-]{3,24}$)(?=.*[A-Za-z])(?=.*\d)[A-Za-z0-9][\w/+-]*[\w+]$")
_NO_MODEL = re.compile(
    r"^(?:v|ver|version|r|rev|fw|sw)?[\d._-]+\w?$|^[0-9a-f]{12}$|^([0-9a-f]{2}[-.]){5}[0-9a-f]{2}$|linux|windows|bsd|armv|i[3-6]86|"
    r"x86|mips|snmp|sunos|hp-ux|vxworks|^(?:i5/)?OS/|\.(local|com|net|org|lan)$|ipv[46]|rs-?(232|485)|802\.",
    re.IGNORECASE,
)

# Words that people name their equipment by, in their language or ours.
_NAME = re.compile(
    r"^(?i:sw|switch|core|dist|access|edge|router|gw|gateway|fw|srv|server|host|pc|office|floor|room|lab|site|main|backup|test|"
    r"mgmt|tang|phong|toa|nha)[-_]|^[a-z]+(?:[-_][a-z]+)+[-_]?\d*$"
)


def docsis(descr: str) -> Dict[str, str]:
    """vendor, version and hardware of a cable modem's prescribed sysDescr; {} for other texts."""
    match = _DOCSIS.search(descr)
    if match is None:
        return {}
    found = {}
    for key, name in _DOCSIS_KEYS.items():
        value = re.search(r"\b" + name + r":\s*([^;>]*)", match.group(0), re.IGNORECASE)
        text = clean(value.group(1)) if value else None
        if text:
            found[key] = text
    return found


def version(descr: str) -> Optional[str]:
    """The one version that the text speaks of."""
    if _COMPUTER.match(descr):  # its number is of the kernel, not of the product
        return None
    named: List[str] = []
    others: List[str] = []
    for match in _VERSION.finditer(descr[:512]):
        before = " ".join([*_BREAK.split(descr[: match.start()])[-1].split()[-2:], match.group("word")])
        if _NOT_THE_VERSION.search(before):
            continue
        number = match.group("number").rstrip("(.-_")
        (named if _THE_VERSION.search(before) else others).append(number)
    for found in (named, others):
        if found:
            return found[0] if len(set(found)) == 1 else None
    bare = list(_BARE_VERSION.finditer(descr[:512]))
    if len(bare) != 1 or len(_NUMBERS.findall(descr[:512])) != 1:  # of several numbers none is surely the one
        return None
    before = _BREAK.split(descr[: bare[0].start()])[-1].split()[-2:]
    return None if _NOT_THE_VERSION.search(" ".join(before)) else bare[0].group("number").rstrip("(.-_")


def revision(text: str) -> Optional[str]:
    """The version in an object that holds nothing but a version, perhaps behind words: "Build 1.62.B010" -> "1.62.B010"."""
    words = text.replace(",", " ").split()
    if len(words) == 1:
        return clean(words[0]) if any(char.isdigit() for char in words[0]) else None
    found = version(text)
    if found is None:
        numbers = {word for word in words if re.match(r"^[vVrR]?\.?\d+(\.\w+)+\S*$", word)}
        found = numbers.pop() if len(numbers) == 1 else None
    return found


def serial(descr: str) -> Optional[str]:
    """The one serial number that the text names as such."""
    found = {match.group("serial") for match in _SERIAL.finditer(descr[:512])}
    found = {text for text in found if any(char.isdigit() for char in text)}
    return clean(found.pop()) if len(found) == 1 else None


def kind(descr: str) -> Optional[str]:
    """The one type whose words the text holds. Words count once: "KVM switch" is no switch."""
    rest = _MISLEADING.sub(" ", descr[:512])
    found = []
    for name, pattern in _TYPE_PATTERNS:
        if pattern.search(rest):
            found.append(name)
            rest = pattern.sub(" ", rest)
    return found[0] if len(set(found)) == 1 else None


def model(descr: str, makers: Tuple[str, ...]) -> Optional[str]:
    """The text, when it is one word of letters and digits that can only be a model, or such a word right behind one of `makers`."""
    words = descr[:512].split()
    behind = [at for at in (1, 2, 3) if " ".join(words[:at]).lower().rstrip(",.") in makers]
    if behind and len(words) > behind[-1]:
        word = words[behind[-1]].rstrip(",;:")
    elif len(words) == 1:
        word = words[0]
    else:
        return None
    if not _MODEL.match(word) or _NO_MODEL.search(word) or _NAME.search(word):
        return None
    return clean(word)
