"""What the sample's PCs report: sections as an agent would send them, built the same at every call."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from random import Random

from inventory.domain.hours import VN_TIME, Calendar
from inventory.sample.equipment import Equipment
from inventory.sample.hardware import hardware_data, mac_hash, mac_prefix, system_data
from inventory.sample.models import MODELS, Data
from inventory.sample.network import OfficeNet, reach, uptime
from inventory.sample.presence import Run, Stretch
from inventory.sample.protection import posture_data, storage_data
from inventory.sample.scans import KEPT, Scan, scans
from inventory.sample.sites import SitePlan
from inventory.sample.story import Pc, site_number
from inventory.store.arrival import SectionIn

DURATIONS_MS = {
    "system": 14,
    "hardware": 160,
    "storage": 420,
    "posture": 1_900,
    "interfaces": 9,
    "counters": 6,
    "neighbours": 31,
    "hygiene": 8_200,
    "lan": 3,
    "devices": 2,
    "reach": 240,
    "uptime": 4,
}
_NETWORK = ("interfaces", "counters", "neighbours", "reach")


class SiteEvidence:
    """Sections of the PCs of one site."""

    def __init__(self, seed: int, plan: SitePlan, pcs: list[Pc]) -> None:
        self._seed, self._plan, self._pcs = seed, plan, pcs
        forms = [MODELS[pc.model].serial for pc in pcs]
        self._net = OfficeNet(plan, site_number(pcs[0].site), forms, self._rng("net", pcs[0].site))

    @property
    def equipment(self) -> list[Equipment]:
        return self._net.equipment

    def sections(self, pc: Pc, run: Run, before: Run | None, done: Sequence[Scan] = ()) -> dict[str, SectionIn]:
        """Everything that one full inventory of the boot `run` holds; `done`: the scans of this PC until then."""
        model, day = MODELS[pc.model], run.from_at.astimezone(VN_TIME).date()
        hardware = self._hardware(pc)
        data: dict[str, Data] = {
            "system": system_data(model, pc.hostname, self._rng("system", pc.agent_id)),
            "hardware": hardware,
            "storage": storage_data(model, hardware["disks"][0], day, self._rng("storage", pc.agent_id)),
            "posture": posture_data(model.os, day, self._rng("posture", pc.agent_id)),
            "interfaces": self._net.interfaces(pc.number),
            "counters": self._net.counters(pc.number, self._rng("counters", pc.agent_id)),
            "neighbours": self._net.neighbours(pc.number),
            "hygiene": self._net.hygiene(pc.number),
            "reach": reach(self._plan.mbps, "captive" in self._net.habits, self._rng("reach", pc.agent_id)),
            "uptime": uptime(
                run.from_at,
                before.clean if before else None,
                before.to_at if before else None,
                model.chassis == 10,
            ),
        }
        return {name: _section(name, value) for name, value in data.items()} | self.scanned(pc, done)

    def network_hashes(self, pc: Pc, run: Run) -> dict[str, SectionIn]:
        """The network sections as a heartbeat sends them when nothing has changed: hashes alone."""
        full = self.sections(pc, run, None)
        return {name: SectionIn("ok", full[name].hash, None, "", DURATIONS_MS[name]) for name in _NETWORK}

    def network(self, pc: Pc) -> str:
        """ "192.168.1.0/24" of this PC; "" where it is on none."""
        return self._net.subnet(pc.number)

    def is_scanner(self, pc: Pc) -> bool:
        """Whether this is the PC of its network that is elected while it is on: a wired desktop before others."""
        if "scan_off" in self._net.habits or self._net.kind == "modem":
            return False
        group = [self._pcs[number] for number in self._net.group(pc.number)]
        able = [one for one in group if one.model != "virtual" and one.habit.gone_at is None]
        return pc == min(able, key=lambda one: (MODELS[one.model].chassis == 10, one.agent_id), default=None)

    def scans(self, pc: Pc, heard: Iterable[Stretch], calendar: Calendar) -> list[Scan]:
        """The scans of this PC in the times when it was heard; none unless it is the elected one."""
        if not self.is_scanner(pc):
            return []
        return scans(pc.agent_id, heard, len(self._net.hosts(pc.number)) + 1, calendar)

    def scanned(self, pc: Pc, done: Sequence[Scan]) -> dict[str, SectionIn]:
        """Sections "lan" and, after a sweep, "devices"."""
        number, network = pc.number, self._net.subnet(pc.number)
        sweep = next((scan for scan in reversed(done) if scan.kind == "sweep"), None)
        seen = self._net.hosts(number) if sweep else []
        off = "" if self.is_scanner(pc) else "no_lease" if network else "no_network"
        lan: Data = {
            "interface": self._net.carrier,
            "network": network,
            "gateway": self._net.gateway_address(number) if network else "",
            "gateway_mac_hash": mac_hash(self._net.gateway_mac(number)) if network else "",
            "last_sweep": sweep.record(network) if sweep else None,
            "hosts": [
                {"mac_prefix": mac_prefix(mac), "mac_hash": mac_hash(mac), "passes": 2 - (at % 7 == 3)}
                for at, mac in enumerate([self._net.gateway_mac(number), *seen] if sweep else [])
            ],
            "lldp": [],
            "scans": [scan.record(network) for scan in done[-KEPT:]],
            "off": "local_switch" if "scan_off" in self._net.habits else off,
        }
        found = {"lan": _section("lan", lan)}
        if sweep is not None:
            told = {"devices": self._net.devices(number), "asked": len(seen) + 1}
            found["devices"] = _section("devices", told)
        return found

    def _hardware(self, pc: Pc) -> Data:
        data = hardware_data(pc.model, self._rng("hardware", pc.agent_id))
        if pc.scenario == "twin" and pc.number == 4:
            # Its disk came out of the other white box of this office: one weak sign of being the same PC.
            other = hardware_data(pc.model, self._rng("hardware", self._pcs[3].agent_id))
            data["disks"] = other["disks"]
            data["board_serial"] = ""
        return data

    def _rng(self, *parts: str) -> Random:
        return Random(":".join((str(self._seed), *parts)))  # noqa: S311 - invented data, not a secret


def _section(name: str, data: Data) -> SectionIn:
    return SectionIn("ok", section_hash(data), data, "", DURATIONS_MS[name])


def section_hash(data: Data) -> str:
    """12 hex digits that change when the data change."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(b"ok\n" + text.encode()).hexdigest()[:12]
