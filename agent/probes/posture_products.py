"""Anti-malware products as the systems know them: data. For machines where nobody keeps a list of them.

Names as their makers write them; Windows services and Linux folders and processes from the makers' own manuals. A row
matches what is installed under one of its names in Windows' list of programs, or one of its services. Trial tools,
password managers, VPNs of the same makers are no protection: the patterns say which programs are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Iterable, List, Optional, Pattern, Tuple


@dataclass(frozen=True)
class Product:
    """A family of products."""

    name: str  # what is reported when the system has no name of its own
    words: Tuple[str, ...]  # in any name of this family, lower case: tells when two sources speak of the same
    programs: str = ""  # regular expression for the name in the list of programs
    services: Tuple[str, ...] = ()  # Windows; a * at the end stands for any ending


def _row(name: str, programs: str, *services: str, words: Tuple[str, ...] = ()) -> Product:
    return Product(name, words or (name.split()[0].lower(),), programs, services)


WINDOWS = (
    _row("Bkav", r"Bkav (Pro|Home|Plus|Endpoint|Antivirus|AI)", "BkavService", "BkavSystemService"),
    _row("CMC Antivirus", r"CMC (Antivirus|Internet Security|Endpoint|Cloud)", words=("cmc ",)),
    _row("Viettel Endpoint", r"(VCS[- ]aJiant|Viettel (Endpoint|Anti))", words=("viettel", "ajiant")),
    _row("Kaspersky", r"Kaspersky (Anti|Internet|Total|Endpoint|Small|Free|Security|Standard|Plus|Premium)", "AVP*"),
    _row("ESET", r"ESET (Endpoint|NOD32|Internet|Smart|Server|File|Security|Small)", "ekrn"),
    _row("Avast", r"Avast (Free|Pro|Premi|Internet|Business|One|Ultimate|Antivirus)", "avast! Antivirus"),
    _row("AVG", r"AVG (Anti|Internet|Business|20\d\d|Protection|Ultimate)", "AVG Antivirus", "avgwd"),
    _row("Avira", r"Avira (Anti|Free|Internet|Security|Server|Prime|Endpoint)", "AntiVirService", "AntiVirSchedulerService"),
    _row("Symantec Endpoint Protection", r"(Symantec Endpoint|Norton (Anti|360|Internet|Security))", "SepMasterService",
         "NortonSecurity", words=("symantec", "norton")),
    _row("McAfee", r"(McAfee (Endpoint Sec|Total|Live|VirusScan|Anti|Internet|Multi)|Trellix Endpoint Sec)", "McShield",
         "mfetp", words=("mcafee", "trellix")),
    _row("Trend Micro", r"Trend Micro (Apex|Office|Worry|Max|Internet|Anti|Titanium|Security|Deep|Cloud|Endpoint)",
         "ntrtscan", "Amsp", "ds_agent"),
    _row("Sophos", r"Sophos (Anti|Endpoint|Home|Intercept|Server)", "SAVService", "Sophos Endpoint Defense Service"),
    _row("Bitdefender", r"Bitdefender (Anti|Internet|Total|Endpoint|Security|Free|Agent)", "VSSERV", "EPSecurityService"),
    _row("FortiClient", r"FortiClient(?! VPN)( |$)"),  # the free one is a VPN alone
    _row("Malwarebytes", r"Malwarebytes(?! Privacy)", "MBAMService"),
    _row("Panda", r"Panda (Free|Dome|Anti|Endpoint|Adaptive|Internet|Cloud)", "NanoServiceMain", "PSANHost"),
    _row("Comodo", r"COMODO (Anti|Internet|Client|Cloud)", "cmdAgent"),
    _row("360 Total Security", r"360 (Total|Internet) Security", "QHActiveDefense", words=("360 ",)),
    _row("Webroot", r"Webroot (Secure|Endpoint)", "WRSVC"),
    _row("CrowdStrike Falcon", r"CrowdStrike (Windows|Falcon) ?Sensor", "CSFalconService"),
    _row("SentinelOne", r"Sentinel(One| Agent)", "SentinelAgent"),
)  # fmt: skip

# (name, folders of which one is there, processes of which one runs)
LINUX: Tuple[Tuple[str, Tuple[str, ...], Tuple[str, ...]], ...] = (
    ("Kaspersky Endpoint Security", ("/opt/kaspersky/kesl",), ("kesl",)),
    ("ESET Endpoint Antivirus", ("/opt/eset/eea",), ("startd", "oaeventd")),
    ("ESET Server Security", ("/opt/eset/efs",), ("startd", "oaeventd")),
    ("Microsoft Defender", ("/opt/microsoft/mdatp",), ("wdavdaemon", "mdatp")),
    ("Sophos Protection", ("/opt/sophos-spl",), ("sophos_watchdog", "sophos_watchdo")),
    ("Sophos Anti-Virus", ("/opt/sophos-av",), ("savscand", "savd")),
    ("Bitdefender", ("/opt/bitdefender-security-tools",), ("bdsecd", "epagd")),
    ("Trellix Endpoint Security", ("/opt/McAfee/ens/tp",), ("mfetpd",)),
    ("Trend Micro Deep Security", ("/opt/ds_agent",), ("ds_agent",)),
    ("CrowdStrike Falcon", ("/opt/CrowdStrike",), ("falcon-sensor", "falcon-sensor-b")),
    ("SentinelOne", ("/opt/sentinelone",), ("s1-agent",)),
    ("Dr.Web", ("/opt/drweb.com",), ("drweb-configd",)),
    ("F-Secure", ("/opt/f-secure",), ("fsaccd", "f-secure-linuxs")),
)

_PATTERNS: List[Tuple[Product, Pattern[str]]] = [
    (product, re.compile(product.programs, re.IGNORECASE)) for product in WINDOWS if product.programs
]


def product_of_program(title: str) -> Optional[Product]:
    """The family of a name in Windows' list of programs."""
    return next((product for product, pattern in _PATTERNS if pattern.match(title)), None)


def services_of(product: Product, installed: Iterable[str]) -> List[str]:
    """Which of the installed services are this family's."""
    found: List[str] = []
    for name in installed:
        for wanted in product.services:
            low, pattern = name.lower(), wanted.lower()
            if low == pattern or (pattern.endswith("*") and low.startswith(pattern[:-1])):
                found.append(name)
                break
    return found


def same_family(product: Product, name: str) -> bool:
    """Whether a product's own name belongs to the family."""
    return any(word in name.lower() + " " for word in product.words)
