"""One device: finds the credential that it answers to, asks, identifies. Runs in a child process (it opens session.py)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Sequence

from ..wire.sections_lan import DeviceInfo
from . import details, families
from .answers import Answers
from .ask import DEADLINE_S, Asker
from .collect import collect
from .family import Family
from .identify import Identity, candidates, identify, winner
from .session import RETRIES, TIMEOUT_S, WireSession, open_session
from .target import Credential, Target
from .values import SYS_LOCATION, clean

# Communities that every attacker tries first
DEFAULT_COMMUNITIES = frozenset(
    ("public", "private", "snmp", "admin", "cisco", "community", "default", "read", "write")
)


@dataclass(frozen=True)
class Asked:
    """What came of asking a device. `identity` is None when it did not answer."""

    identity: Optional[Identity] = None
    info: DeviceInfo = DeviceInfo()  # noqa: RUF009 frozen, so it can be shared
    credential: Optional[int] = None  # index of the one that worked: ask with it first the next time
    version: str = ""  # SNMP version that worked: 1, 2c or 3
    trouble: str = ""  # why there is no answer, as far as the network says; "" is silence
    refused: bool = False  # the device's system says that nobody listens on the port


def examine(
    target: Target,
    credentials: Sequence[Credential],
    with_details: bool = True,
    timeout_s: float = TIMEOUT_S,
    deadline_s: float = DEADLINE_S,
    first: int = 0,
) -> Asked:
    """Asks one device, beginning with the credential number `first`. No credential is made up: only the given ones are
    tried. Callers ask at most four devices at a time. Raises SessionError when nothing can be asked at all."""
    known = families.load()
    order = sorted(range(len(credentials)), key=lambda index: index != first)
    tries = [(index, "") for index in order]
    # Old devices speak SNMPv1 alone and are silent to everything else.
    tries += [(index, "1") for index in order if not credentials[index].user]
    trouble = ""
    for index, version in tries:
        session = open_session(target, credentials[index], timeout_s, 0 if version else RETRIES, version)
        try:
            asked = _ask(session, known, with_details, deadline_s)
            if asked.identity is not None:
                community = credentials[index].community
                default = community.lower() in DEFAULT_COMMUNITIES if community else False
                info = _with(asked.info, target.host, default)
                return Asked(asked.identity, info, index, session.version)
            trouble = trouble or session.trouble
            if session.refused:
                return Asked(trouble=trouble, refused=True)
        finally:
            session.close()
    return Asked(trouble=trouble)


def _ask(session: WireSession, known: Sequence[Family], with_details: bool, deadline_s: float) -> Asked:
    answers = collect(Asker(session, deadline_s=deadline_s), known)
    if answers is None:
        return Asked()
    identity = identify(answers, known)
    best = winner(answers, candidates(answers, known))
    family = best[1] if best else None
    if with_details:
        details.read(Asker(session, details.MAX_REQUESTS, deadline_s), answers, family, identity.type)
    return Asked(identity, _info(identity, answers, family))


def _info(identity: Identity, answers: Answers, family: Optional[Family]) -> DeviceInfo:
    return DeviceInfo(
        source="snmp",
        vendor=identity.vendor or "",
        type=identity.type or "",
        os=identity.os or "",
        hardware=identity.hardware or "",
        version=identity.version or "",
        serial=identity.serial or "",
        name=identity.name or "",
        location=clean(answers.text(SYS_LOCATION)) or "",
        pages=details.pages(answers),
        ports=details.ports(answers),
        supplies=details.supplies(answers),
        battery=details.battery(answers, family),
    )


def _with(info: DeviceInfo, address: str, default_community: bool) -> DeviceInfo:
    import dataclasses

    return dataclasses.replace(info, address=address, default_community=default_community)
