"""Maker of a network card by the first three bytes of its address, from the IEEE registry that netaddr carries."""

from __future__ import annotations

import re
from functools import lru_cache

import netaddr

_PREFIX = re.compile(r"[0-9a-f]{2}:[0-9a-f]{2}:[0-9a-f]{2}\Z")
_FORM = re.compile(
    r"[\s,.]*\b(co|corp|corporation|inc|incorporated|ltd|limited|llc|gmbh|ag|sa|s\.a|bv|company|technologies|technology"
    r"|electronics|systems|communications|international|group|holdings?|shenzhen|hangzhou|beijing)\b\.?",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def maker(prefix: str) -> str:
    """'f8:b1:56' -> 'Dell Inc.'; "" for what is not registered, and for addresses that a system made up itself."""
    if not _PREFIX.match(prefix) or int(prefix[:2], 16) & 2:
        return ""
    try:
        return str(netaddr.OUI(prefix.replace(":", "-")).registration()["org"])
    except (netaddr.NotRegisteredError, netaddr.AddrFormatError, ValueError):
        return ""


def made_up(prefix: str) -> bool:
    """Whether the address is locally administered: phones and virtual machines make up their own."""
    return bool(_PREFIX.match(prefix)) and bool(int(prefix[:2], 16) & 2)


def short_maker(prefix: str) -> str:
    """The maker without its legal form: 'TP-LINK TECHNOLOGIES CO.,LTD.' -> 'TP-LINK'."""
    name = maker(prefix)
    short = " ".join(_FORM.sub(" ", name).split()).strip(" ,.")
    return short or name
