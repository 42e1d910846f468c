"""Asks by SNMP the devices that answered the last sweep: read-only, four at a time, nothing but UDP port 161, no
credential beyond the configured ones. Runs in a child process; agent.snmp does the talking.

The credential that a device answered to is remembered by a fingerprint, so the next time it is asked first and the
list may be put in another order meanwhile.
"""

from __future__ import annotations

import contextlib
import hashlib
import queue
import random
import threading
from dataclasses import replace
from typing import Any, Callable, Dict, List, Sequence

from ..snmp import target as snmp_target
from ..snmp.target import Credential, Target, TargetError
from ..wire import codec
from ..wire.exchange import AgentPolicy
from .targets import shuffled

AT_ONCE = 4
TIMEOUT_S = 2.0
MAX_CREDENTIALS = 12  # whatever the policy says: each one is tried on every device that does not answer
_MAX_PLAIN = 100 * 1024  # of a section's 128 KB


def ask(question: Dict[str, Any], watch: Callable[[], str], port: int = snmp_target.PORT) -> Dict[str, Any]:
    """`question`: devices ([{address, mac_prefix, mac_hash, fingerprint}]), policy, communities. The answer: devices
    ([{info, fingerprint}]), asked, stopped."""
    policy = codec.read(AgentPolicy, question["policy"])
    known = credentials(policy, question["communities"])
    rows: List[Dict[str, str]] = question["devices"]
    if not known or not rows:
        return {"devices": [], "asked": 0, "stopped": ""}
    todo: "queue.Queue[Dict[str, str]]" = queue.Queue()
    order = shuffled([row["address"] for row in rows], random.SystemRandom())
    by_address = {row["address"]: row for row in rows}
    for address in order:
        todo.put(by_address[address])
    found: List[Dict[str, Any]] = []
    troubles: List[str] = []
    asked: List[str] = []

    def work() -> None:
        while not watch():
            try:
                row = todo.get_nowait()
            except queue.Empty:
                return
            asked.append(row["address"])
            try:
                answer = _one(row, known, port)
            except Exception as error:  # one device's nonsense must not cost the others
                troubles.append("{}: {!r}".format(row["mac_hash"], error))
                continue
            if answer is not None:
                found.append(answer)

    threads = [threading.Thread(target=work, daemon=True) for _ in range(min(AT_ONCE, len(rows)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found.sort(key=lambda item: item["info"]["address"])
    return {"devices": cut(found), "asked": len(asked), "stopped": watch(), "troubles": troubles[:10]}


def credentials(policy: AgentPolicy, communities: Sequence[str]) -> List[Credential]:
    """The configured list, in its order: users of SNMP v3, communities of this PC's settings, of the policy."""
    found: List[Credential] = []
    for user in policy.snmp_users:
        if user.user:
            with contextlib.suppress(TargetError):  # a slip on the policy page costs that user alone
                found.append(
                    snmp_target.check(
                        Credential("", user.user, user.auth_protocol, user.auth_key, user.priv_protocol, user.priv_key)
                    )
                )
    for community in (*communities, *policy.snmp_communities):
        if community and Credential(community) not in found:
            found.append(Credential(community))
    return found[:MAX_CREDENTIALS]


def fingerprint(credential: Credential) -> str:
    text = "\0".join((credential.community, credential.user, credential.auth, credential.priv))
    return hashlib.sha256(b"gapwatch-snmp:" + text.encode("utf-8")).hexdigest()[:12]


def cut(found: List[Dict[str, Any]]) -> List[Dict[str, Any]]:
    """Without the ports of the devices with most ports, when all of it would not fit a section."""
    size = len(codec.dumps([item["info"] for item in found]))
    for item in sorted(found, key=lambda each: -len(each["info"].get("ports", ()))):
        if size <= _MAX_PLAIN:
            break
        size -= len(codec.dumps(item["info"].pop("ports", [])))
    return found


def _one(row: Dict[str, str], known: Sequence[Credential], port: int) -> Any:
    from ..snmp.device import examine

    prints = [fingerprint(credential) for credential in known]
    first = prints.index(row["fingerprint"]) if row.get("fingerprint") in prints else 0
    asked = examine(Target(row["address"], port), known, timeout_s=TIMEOUT_S, first=first)
    if asked.identity is None:
        return None
    info = replace(asked.info, mac_prefix=row["mac_prefix"], mac_hash=row["mac_hash"])
    return {
        "info": codec.to_plain(info),
        "fingerprint": prints[asked.credential] if asked.credential is not None else "",
    }
