"""Captured machines: a folder under tests/machines stands for a PC. See tests/machines/README.md for its
files."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Tuple

from agent.host import FileTimes, Host, Nic, NicCounters, RawDrive, RawHealth, RawVolume, RegistryValue
from agent.probe import ProbeContext, ProbeSettings
from agent.process import CommandResult
from agent.wire.exchange import AgentPolicy

MACHINES = Path(__file__).resolve().parent.parent / "machines"


def names() -> List[str]:
    return sorted(path.parent.name for path in MACHINES.glob("*/machine.json"))


def load(name: str) -> CapturedHost:
    return CapturedHost(MACHINES / name)


def context(host: CapturedHost, log: Optional[List[str]] = None, **policy: Any) -> ProbeContext:
    lines: List[str] = [] if log is None else log
    return ProbeContext(host, AgentPolicy(**policy), ProbeSettings(**host.facts.get("settings", {})), lines.append)


class CapturedHost(Host):
    """Answers like the machine in the folder; everything that was not captured is not there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.facts: Dict[str, Any] = _json(folder / "machine.json")
        super().__init__(str(folder / "root"), self.facts["platform"])
        self._psutil: Dict[str, Any] = _json(folder / "psutil.json")
        self._registry: Dict[str, Dict[str, Any]] = _json(folder / "registry.json")
        self._commands: Dict[str, Any] = _json(folder / "commands.json")
        self.expected: Dict[str, Any] = _json(folder / "expected.json")

    # --- files: below root/, and in machine.json what Git or a file system would not keep

    def read_bytes(self, path: str, limit: int = 1 << 20) -> Optional[bytes]:
        if path in self.facts.get("denied", ()):
            raise PermissionError(13, "permission denied", path)
        if path in self.facts.get("files", {}):
            return self.facts["files"][path].encode("utf-8")[:limit]
        if path in self.facts.get("files_hex", {}):
            return bytes.fromhex(self.facts["files_hex"][path])[:limit]
        return super().read_bytes(path, limit)

    def listdir(self, path: str) -> List[str]:
        below = path.rstrip("/") + "/"
        kept = [item[len(below) :].split("/")[0] for item in self._kept() if item.startswith(below)]
        return sorted({*kept, *super().listdir(path)})

    def exists(self, path: str) -> bool:
        below = path.rstrip("/") + "/"
        return super().exists(path) or any(item == path or item.startswith(below) for item in self._kept())

    def readlink(self, path: str) -> Optional[str]:
        return self.facts.get("links", {}).get(path)

    def file_times(self, path: str) -> Optional[FileTimes]:
        times = self.facts.get("times", {}).get(path)
        return None if times is None else FileTimes(times["modified"], times.get("birth"))

    def _kept(self) -> List[str]:
        return [item for key in ("denied", "files", "files_hex", "links", "times") for item in self.facts.get(key, ())]

    # --- commands, clocks, names

    def run(self, argv: Sequence[str], timeout_s: float) -> CommandResult:
        answer = self._commands.get(" ".join(argv))
        if answer is None:
            return CommandResult(False, err=argv[0] + " does not start: not found")
        ok, out = answer.get("ok", True), answer.get("out", "").encode(answer.get("encoding", "utf-8"))
        code = answer.get("code", 0 if ok else 1)
        return CommandResult(ok, out, answer.get("err", ""), answer.get("timed_out", False), code)

    def now(self) -> float:
        return self.facts["now"]

    def monotonic_s(self) -> float:
        return self.facts["uptime_s"]

    def boot_id(self) -> str:
        return self.facts["boot_id"]

    def timezone_offset_min(self) -> Optional[int]:
        return self.facts["timezone_offset_min"]

    def python_version(self) -> str:
        return self.facts["python"]

    def kernel(self) -> Tuple[str, str, str]:
        return self.facts["node"], self.facts["kernel"], self.facts["machine"]

    # --- psutil

    def memory_bytes(self) -> Optional[int]:
        return self._psutil.get("memory_bytes")

    def cpu_cores(self) -> Optional[int]:
        return self._psutil.get("cpu_cores")

    def on_battery(self) -> Optional[bool]:
        return self._psutil.get("on_battery")

    def nics(self) -> Tuple[Nic, ...]:
        rows = self._psutil.get("nics", [])
        return tuple(Nic(**{key: tuple(v) if isinstance(v, list) else v for key, v in row.items()}) for row in rows)

    def nic_counters(self) -> Dict[str, NicCounters]:
        return {name: NicCounters(**row) for name, row in self._psutil.get("counters", {}).items()}

    # --- firmware

    def firmware_table(self) -> Optional[bytes]:
        path = self.folder / "firmware.hex"
        if path.exists():
            return bytes.fromhex("".join(path.read_text("ascii").split()))
        return super().firmware_table() if self.platform == "linux" else None

    def acpi_tables(self) -> List[str]:
        return super().acpi_tables() if self.platform == "linux" else self.facts.get("acpi_tables", [])

    def firmware_type(self) -> str:
        return self.facts.get("firmware_type", "")

    def tpm_device(self) -> Optional[Tuple[int, int]]:
        answer = self.facts.get("tpm_device")
        return None if answer is None else (answer[0], answer[1])

    def device_present(self, instance: str) -> Optional[bool]:
        present = self.facts.get("devices_present")
        return None if present is None else instance in present

    # --- disks

    def drives(self) -> Tuple[RawDrive, ...]:
        return tuple(
            RawDrive(
                row["number"],
                *(bytes.fromhex(row[key]) for key in ("descriptor", "geometry", "seek_penalty")),
            )
            for row in self.facts.get("drives", ())
        )

    def system_drive(self) -> Optional[int]:
        return self.facts.get("system_drive")

    def volumes(self) -> Tuple[RawVolume, ...]:
        return tuple(RawVolume(**row) for row in self.facts.get("volumes", ()))

    def disk_space(self, path: str) -> Optional[Tuple[int, int]]:
        space = self.facts.get("space", {}).get(path)
        return None if space is None else (space[0], space[1])

    def disk_health(self, device: str) -> RawHealth:
        row = self.facts.get("disk_health", {}).get(device, {})
        return RawHealth(**{key: bytes.fromhex(value) for key, value in row.items()})

    # --- Windows

    def registry_values(self, key: str) -> Dict[str, RegistryValue]:
        return {name: _registry_value(value) for name, value in self._registry.get(key, {}).items()}

    def registry_value(self, key: str, name: str) -> RegistryValue:
        return self.registry_values(key).get(name)

    def registry_keys(self, key: str, limit: int = 1024) -> List[str]:
        below = key + "\\"
        return sorted({item[len(below) :].split("\\")[0] for item in self._registry if item.startswith(below)})[:limit]

    def service_running(self, name: str) -> Optional[bool]:
        return self.facts.get("services", {}).get(name)

    def ip_net_table(self) -> bytes:
        return bytes.fromhex(self.facts.get("ip_net_table", ""))

    def ip_forward_table(self) -> bytes:
        return bytes.fromhex(self.facts.get("ip_forward_table", ""))

    def ip_forward_table6(self) -> bytes:
        return bytes.fromhex(self.facts.get("ip_forward_table6", ""))


def _registry_value(value: Any) -> RegistryValue:
    """JSON has no bytes: REG_BINARY is written as {"hex": "00ff"}."""
    return bytes.fromhex(value["hex"]) if isinstance(value, dict) else value


def _json(path: Path) -> Dict[str, Any]:
    return json.loads(path.read_text("utf-8")) if os.path.exists(str(path)) else {}
