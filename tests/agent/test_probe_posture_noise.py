"""The posture probe on machines that answer with anything at all: it never raises, and what it says fits the contract."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence

import pytest

from agent import probes
from agent.host import FileTimes, Host, RegistryValue
from agent.probe import ProbeContext
from agent.probes import posture
from agent.process import CommandResult
from agent.wire import codec
from agent.wire.sections import PostureInfo

FOLDER = Path(probes.__file__).parent
WORDS = sorted(
    {
        word
        for path in FOLDER.glob("posture*.py")
        for word in re.findall(r'"([^"\n]{2,60})"', path.read_text("utf-8"))
        if "\\" not in word
    }
)
TEXTS = [
    *WORDS,
    "",
    "0",
    "1",
    "²",
    "x" * 3000,
    "\x00",
    "\ud800",
    "9" * 40,
    "-1",
    "2026-11-18 10:00:00",
    "18/11/2026",
    "C:\\x.exe",
]


class Noise(Host):
    """Every question gets some answer; the same seed gives the same machine."""

    def __init__(self, platform: str, seed: int) -> None:
        super().__init__("/nowhere", platform)
        self._seed = seed

    def _dice(self, *question: object) -> random.Random:
        return random.Random("{} {}".format(self._seed, question))

    def _value(self, dice: random.Random) -> RegistryValue:
        kinds: List[Any] = [
            dice.choice([0, 1, 2, 3, 4, 5, 7, 0x70, -1, 2**31, 2**64, 2**80]), dice.choice(TEXTS), None,
            dice.getrandbits(64).to_bytes(8, "little"), b"", [dice.choice(TEXTS)], [],
        ]  # fmt: skip
        return dice.choice(kinds)

    def registry_values(self, key: str) -> Dict[str, RegistryValue]:
        dice = self._dice("values", key)
        return {name: self._value(dice) for name in WORDS if dice.random() < 0.4}

    def registry_value(self, key: str, name: str) -> RegistryValue:
        return self._value(self._dice("value", key, name))

    def registry_keys(self, key: str, limit: int = 1024) -> List[str]:
        dice = self._dice("keys", key)
        return [dice.choice([*TEXTS, "Package_for_KB1~x", "AVP21"]) for _ in range(dice.randrange(20))][:limit]

    def service_running(self, name: str) -> Optional[bool]:
        return self._dice("service", name).choice([None, True, False])

    def run(self, argv: Sequence[str], timeout_s: float) -> CommandResult:
        dice = self._dice("run", argv)
        name = argv[-1]
        out = dice.choice(
            [b"", b"\xff\xfe", name.encode() + b"\r\n" + dice.choice(TEXTS).encode("utf-8", "replace"), b"gapwatch=start\r\n",
             ("\ufeff" + name + "\r\n1\r\n2\r\n").encode("utf-16-le"), bytes(dice.getrandbits(8) for _ in range(50)),
             b"gapwatch=start\r\ndisplayName=A\r\nproductState=397568\r\nVersion=1\r\ngapwatch=end\r\n"]
        )  # fmt: skip
        code = dice.choice([None, 0, 1, -1, -2147217392, 2147749891, 3221225477])
        return CommandResult(code == 0, out, dice.choice(TEXTS), dice.random() < 0.2, code)

    def read_bytes(self, path: str, limit: int = 1 << 20) -> Optional[bytes]:
        dice = self._dice("file", path)
        if dice.random() < 0.1:
            raise PermissionError(13, "permission denied", path)
        lines = [dice.choice(TEXTS) + dice.choice(["=", " ", ": ", ";", '"']) + dice.choice(TEXTS) for _ in range(5)]
        return dice.choice(
            [None, b"", "\n".join(lines).encode("utf-8", "replace"), bytes(dice.getrandbits(8) for _ in range(80))]
        )

    def listdir(self, path: str) -> List[str]:
        dice = self._dice("folder", path)
        return [dice.choice([*TEXTS, "1", "77", "20auto-upgrades"]) for _ in range(dice.randrange(10))]

    def exists(self, path: str) -> bool:
        return self._dice("exists", path).random() < 0.5

    def readlink(self, path: str) -> Optional[str]:
        return self._dice("link", path).choice([None, "x"])

    def file_times(self, path: str) -> Optional[FileTimes]:
        return self._dice("times", path).choice(
            [None, FileTimes(0.0), FileTimes(1e18), FileTimes(-1e9), FileTimes(1.79e9)]
        )

    def now(self) -> float:
        return 1795000000.0


@pytest.mark.parametrize("platform", ["windows", "linux"])
@pytest.mark.parametrize("seed", range(40))
def test_any_machine_is_survived(platform: str, seed: int) -> None:
    info = posture.run(ProbeContext(Noise(platform, seed)))

    plain = codec.to_plain(info)
    assert codec.read(PostureInfo, plain) == info
    assert len(codec.dumps(plain)) < 16384
    assert info.automatic_updates in ("", "on", "notify", "off")
    assert set(info.pending_reboot_reasons) <= {"servicing", "windows_update", "file_rename", "package"}
    for text in [info.last_update, *(product.definitions_date for product in info.antimalware)]:
        assert re.match(r"20\d\d-\d\d-\d\d\Z|\Z", text)
    assert all(len(item.name) <= 128 for item in (*info.antimalware, *info.firewall))
    assert info.rdp_port is None or 0 < info.rdp_port < 65536
