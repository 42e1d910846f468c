"""What the sample's PCs report: sections as an agent would send them, built the same at every call."""

from __future__ import annotations

import hashlib
import json
from random import Random

from inventory.sample.hardware import hardware_data, system_data
from inventory.sample.models import MODELS, Data
from inventory.sample.network import OfficeNet, reach, uptime
from inventory.sample.presence import Run
from inventory.sample.sites import SitePlan
from inventory.sample.story import Pc
from inventory.store.arrival import SectionIn

DURATIONS_MS = {
    "system": 14,
    "hardware": 160,
    "interfaces": 9,
    "counters": 6,
    "neighbours": 31,
    "reach": 240,
    "uptime": 4,
}
_NETWORK = ("interfaces", "counters", "neighbours", "reach")


class SiteEvidence:
    """Sections of the PCs of one site."""

    def __init__(self, seed: int, plan: SitePlan, pcs: list[Pc]) -> None:
        self._seed, self._plan, self._pcs = seed, plan, pcs
        forms = [MODELS[pc.model].serial for pc in pcs]
        self._net = OfficeNet(plan.net, forms, self._rng("net", pcs[0].site))

    def sections(self, pc: Pc, run: Run, before: Run | None) -> dict[str, SectionIn]:
        """Everything that one full inventory of the boot `run` holds."""
        model = MODELS[pc.model]
        data: dict[str, Data] = {
            "system": system_data(model, pc.hostname, self._rng("system", pc.agent_id)),
            "hardware": self._hardware(pc),
            "interfaces": self._net.interfaces(pc.number),
            "counters": self._net.counters(pc.number, self._rng("counters", pc.agent_id)),
            "neighbours": self._net.neighbours(pc.number),
            "reach": reach(self._plan.mbps, self._rng("reach", pc.agent_id)),
            "uptime": uptime(
                run.from_at,
                before.clean if before else None,
                before.to_at if before else None,
                model.chassis == 10,
            ),
        }
        return {
            name: SectionIn("ok", section_hash(value), value, "", DURATIONS_MS[name])
            for name, value in data.items()
        }

    def network_hashes(self, pc: Pc, run: Run) -> dict[str, SectionIn]:
        """The network sections as a heartbeat sends them when nothing has changed: hashes alone."""
        full = self.sections(pc, run, None)
        return {name: SectionIn("ok", full[name].hash, None, "", DURATIONS_MS[name]) for name in _NETWORK}

    def devices(self) -> list[tuple[str, str, str, tuple[str, str], str]]:
        """Network devices of the site: (kind, vendor, model, (MAC prefix, MAC hash), source class)."""
        found = [("gateway", "Huawei", "", self._net.shown(self._net.gateway), "measured")]
        if self._net.kind == "two_routers":
            found.append(("router", "TP-Link", "", self._net.shown(self._net.second_router), "measured"))
        if self._net.kind in ("switch", "hub"):
            model = "TL-SG1024D" if self._net.kind == "switch" else "TL-SF1008D"
            found.append(("switch", "TP-Link", model, ("", ""), "declared"))
            found.append(("printer", "Brother", "", self._net.shown(self._net.printer), "measured"))
        return found

    def _hardware(self, pc: Pc) -> Data:
        data = hardware_data(MODELS[pc.model], self._rng("hardware", pc.agent_id))
        if pc.scenario == "twin" and pc.number == 4:
            # Its disk came out of the other white box of this office: one weak sign of being the same PC.
            other = hardware_data(MODELS[pc.model], self._rng("hardware", self._pcs[3].agent_id))
            data["disks"] = other["disks"]
            data["board_serial"] = ""
        return data

    def _rng(self, *parts: str) -> Random:
        return Random(":".join((str(self._seed), *parts)))  # noqa: S311 - invented data, not a secret


def section_hash(data: Data) -> str:
    """12 hex digits that change when the data change."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(b"ok\n" + text.encode()).hexdigest()[:12]
