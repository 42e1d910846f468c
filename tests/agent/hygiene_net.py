"""An office with bad habits, of network namespaces:

    pc ---+              +--- rogue 192.168.1.77: a second DHCP server, a phone by its own word, and a stolen address
          +--- br0 r1 ---+
               192.168.1.1: the office's router; its other side 192.168.100.2
                    |
               r2 192.168.100.1: a second router in the office; its other side 27.64.0.2
                    |
               in 27.64.0.1: the Internet's first router, with 2402:800:2::1 and a name server 203.162.4.53
                    |
               sv 203.162.4.1: the check page's server

The addresses look real because the agent judges them, but no packet leaves the namespaces.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List

from tests.scan import netns

ROOT = Path(__file__).resolve().parents[2]
_numbers = itertools.count(1)

PC, GATEWAY, ROGUE = "192.168.1.50", "192.168.1.1", "192.168.1.77"
PC_MAC, GATEWAY_MAC, ROGUE_MAC = "02:5e:00:00:00:50", "02:5e:00:00:00:01", "02:5e:00:00:00:77"
CHECK, HONEST = "203.162.4.1", "203.162.4.53"
TABLE = {
    "check.example.vn": [CHECK],
    "chinhphu.vn": ["113.160.11.1", "113.160.11.2"],
    "www.google.com": ["142.250.66.4", "2402:800:2::1"],
}
DESCRIPTION = (
    '<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0"><device>'
    "<deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:1</deviceType>"
    "<manufacturer>ZTE</manufacturer><modelName>F670L</modelName>"
    "<deviceList><device><manufacturer>Part</manufacturer></device></deviceList></device></root>"
)


def page(body: str, kind: str = "text/html") -> str:
    return "HTTP/1.1 200 OK\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n{}".format(kind, len(body), body)


class Office:
    """Built at once; `events` tells what the servers have seen."""

    def __init__(self, folder: Path) -> None:
        tag = "gh{}x{}".format(os.getpid(), next(_numbers))
        self.folder = folder
        self.names = {name: "{}{}".format(tag, name) for name in ("pc", "r1", "r2", "in", "sv", "ro")}
        self.root = folder / "root"
        self._servers: List[subprocess.Popen[str]] = []
        self._logs: List[Path] = []
        try:
            self._cables()
            self._serve()
            self._machine()
        except BaseException:
            self.close()
            raise

    def _cables(self) -> None:
        names = self.names
        for name in names.values():
            netns._run("ip", "netns", "add", name)
        lines = {
            "r1": [
                "link add br0 type bridge",
                "link set br0 address " + GATEWAY_MAC,
                "link add p1 type veth peer name eth0 netns " + names["pc"],
                "link add p2 type veth peer name eth0 netns " + names["ro"],
                "link add wan type veth peer name lan netns " + names["r2"],
                "link set p1 master br0",
                "link set p2 master br0",
                *self._up("br0", "p1", "p2", "wan"),
                *self._addresses("br0", GATEWAY + "/24", "2402:800:1::1/64"),
                *self._addresses("wan", "192.168.100.2/24", "2402:800:100::2/64"),
                *self._routes("192.168.100.1", "2402:800:100::1"),
            ],
            "r2": [
                "link add wan type veth peer name lan netns " + names["in"],
                *self._up("lan", "wan"),
                *self._addresses("lan", "192.168.100.1/24", "2402:800:100::1/64"),
                *self._addresses("wan", "27.64.0.2/24", "2402:800:64::2/64"),
                *self._routes("27.64.0.1", "2402:800:64::1"),
                "route add 192.168.1.0/24 via 192.168.100.2",
                "route add 2402:800:1::/64 via 2402:800:100::2",
            ],
            "in": [
                "link add wan type veth peer name lan netns " + names["sv"],
                *self._up("lan", "wan"),
                *self._addresses("lan", "27.64.0.1/24", "2402:800:64::1/64"),
                *self._addresses("wan", "27.64.1.1/24"),
                *self._addresses("lo", HONEST + "/32", "2402:800:2::1/128"),
                "route add 192.168.0.0/16 via 27.64.0.2",
                "route add 2402:800:1::/64 via 2402:800:64::2",
                "route add {} via 27.64.1.2".format(CHECK),
            ],
            "sv": [
                *self._up("lan"),
                *self._addresses("lan", "27.64.1.2/24", CHECK + "/32"),
                "route add default via 27.64.1.1",
            ],
            "ro": [
                "link set eth0 address " + ROGUE_MAC,
                *self._up("eth0"),
                *self._addresses("eth0", ROGUE + "/24"),
            ],
            "pc": [
                "link set eth0 address " + PC_MAC,
                *self._up("eth0"),
                *self._addresses("eth0", PC + "/24", "2402:800:1::50/64"),
                *self._routes(GATEWAY, "2402:800:1::1"),
            ],
        }
        for name, batch in lines.items():
            self.inside(name, "sysctl", "-q", "-w", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1")
            netns._run("ip", "-n", names[name], "-batch", "-", stdin="\n".join(batch) + "\n")

    @staticmethod
    def _addresses(link: str, *addresses: str) -> List[str]:
        return ["address add {} dev {}{}".format(item, link, " nodad" if ":" in item else "") for item in addresses]

    @staticmethod
    def _routes(v4: str, v6: str) -> List[str]:
        return ["route add default via " + v4, "route add ::/0 via " + v6]

    @staticmethod
    def _up(*links: str) -> List[str]:
        return ["link set {} up".format(name) for name in ("lo", *links)]

    def _serve(self) -> None:
        lan: List[Dict[str, Any]] = [
            {"role": "dhcp", "interface": "br0", "server": GATEWAY, "gateway": GATEWAY, "dns": [GATEWAY]},
            {"role": "dns", "address": GATEWAY, "table": {}, "everything": GATEWAY},
            {"role": "tcp", "address": GATEWAY, "port": 23, "says": "\xff\xfd\x01\xff\xfd\x1f\r\nF670L\r\nLogin: ", "asked_first": False},
            {"role": "tcp", "address": GATEWAY, "port": 80, "says": page("<html><title>F670L &amp; co</title>")},
            {"role": "tcp", "address": GATEWAY, "port": 49152, "says": page(DESCRIPTION, "text/xml")},
            {"role": "ssdp", "address": GATEWAY, "location": "http://{}:49152/desc.xml".format(GATEWAY)},
        ]  # fmt: skip
        rogue: List[Dict[str, Any]] = [
            {"role": "dhcp", "interface": "eth0", "server": ROGUE, "gateway": ROGUE, "dns": ["8.8.8.8"],
             "vendor": "ANDROID_METERED", "delay_s": 0.5},
            {"role": "ssdp", "address": ROGUE, "location": "http://{}:49152/evil.xml".format(ROGUE)},
            {"role": "tcp", "address": ROGUE, "port": 49152, "says": page(DESCRIPTION, "text/xml")},
            {"role": "thief", "interface": "eth0", "mac": ROGUE_MAC, "address": PC},
        ]  # fmt: skip
        internet: List[Dict[str, Any]] = [
            {"role": "dns", "address": HONEST, "table": TABLE},
            {"role": "tcp", "address": "2402:800:2::1", "port": 443},
        ]
        for name, plans in (("r1", lan), ("ro", rogue), ("in", internet)):
            log = self.folder / (name + ".log")
            command = ["ip", "netns", "exec", self.names[name], sys.executable, "-m", "tests.agent.hygiene_servers"]
            with open(log, "w") as stream:
                server = subprocess.Popen(
                    [*command, json.dumps(plans)], stdin=subprocess.PIPE, stdout=stream, text=True, cwd=str(ROOT)
                )
            self._servers.append(server)
            self._logs.append(log)
        for log in self._logs:
            _wait_for(log, '"ready"')

    def _machine(self) -> None:
        """The agent's own view of its PC: a cable that it takes for a real one."""
        card = self.root / "sys/class/net/eth0/device"
        card.mkdir(parents=True)
        (card.parent / "type").write_text("1\n")
        (self.root / "etc").mkdir()
        (self.root / "etc/resolv.conf").write_text("nameserver {}\nnameserver {}\n".format(HONEST, GATEWAY))
        (self.root / "proc").symlink_to("/proc")
        (self.root / "state").mkdir()

    # --- what tests use

    @property
    def state(self) -> Path:
        return self.root / "state"

    def events(self) -> List[Dict[str, Any]]:
        return [json.loads(line) for log in self._logs for line in log.read_text().splitlines()]

    def inside(self, name: str, *command: str, stdin: str = "") -> str:
        return netns._run("ip", "netns", "exec", self.names[name], *command, stdin=stdin)

    def on_pc(self, *command: str, stdin: str = "") -> str:
        """Runs on the PC, whose system asks the honest name server."""
        script = 'mount --bind "$0" /etc/resolv.conf && exec "$@"'
        return self.inside("pc", "sh", "-c", script, str(self.root / "etc/resolv.conf"), *command, stdin=stdin)

    def probe(self, extra: Dict[str, str] = {}, **policy: Any) -> Dict[str, Any]:  # noqa: B006  read only
        """The probe's child process, as the runner starts it: its answer."""
        known = {
            "dns_known_names": ["chinhphu.vn", "www.google.com"],
            "internet_check_url": "http://check.example.vn/x",
        }
        question = {
            "root": str(self.root), "platform": "linux", "policy": {**known, **policy},
            "settings": {"state_dir": "/state", "extra": extra},
        }  # fmt: skip
        text = self.on_pc(sys.executable, "-B", "-m", "agent.probe_child", "hygiene", stdin=json.dumps(question))
        answer: Dict[str, Any] = json.loads(text)
        return answer

    def close(self) -> None:
        for server in self._servers:
            if server.stdin:
                server.stdin.close()
            server.terminate()
            server.wait()
        for name in self.names.values():
            subprocess.run(["ip", "netns", "del", name], capture_output=True)

    def __enter__(self) -> "Office":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _wait_for(log: Path, text: str) -> None:
    import time

    end = time.monotonic() + 10
    while text not in log.read_text():
        if time.monotonic() > end:
            raise RuntimeError("a server of the test did not start: {}".format(log.read_text()))
        time.sleep(0.05)
