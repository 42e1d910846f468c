"""A LAN of network namespaces: a scanner's PC, a bridge as the switch, and hosts that answer, each with its own MAC.

    scanner namespace            LAN namespace
    eth0  ----------- port0 -- bridge -- port1 ---- cable -- macvlans h1 .. hN, each with one address

The hosts' namespace is the LAN's own: Linux is told to answer ARP only on the interface that holds the address.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, List

import pytest

from tests import need

ROOT = Path(__file__).resolve().parents[2]
_numbers = itertools.count(1)


def require() -> None:
    """Skips the test where namespaces cannot be made."""
    if sys.platform != "linux":
        pytest.skip("network namespaces (netns) are Linux's")
    if not shutil.which("ip") or not shutil.which("tc"):
        need.missing("netns: the commands ip and tc", "apt-get install iproute2")
    tried = subprocess.run(
        ["unshare", "-n", "ip", "link", "add", "gwtest", "type", "macvlan"], capture_output=True, text=True
    )
    if "not permitted" in tried.stderr.lower():
        need.missing("netns: the right to make network namespaces", "run the tests as root")


class Lan:
    """`hosts` answering addresses on `network`, beginning with .1, which is the gateway; the scanner is `.own`."""

    def __init__(self, hosts: int, network: str = "10.77.0", prefix: int = 24, own: int = 250) -> None:
        tag = "gw{}x{}".format(os.getpid(), next(_numbers))
        self.pc, self.lan = tag + "p", tag + "l"
        self.network, self.prefix, self.own = network, prefix, "{}.{}".format(network, own)
        self.gateway = network + ".1"
        # Scattered over the network, so that the order of asking matters as in an office.
        usable = 2 ** (32 - prefix) - 2
        step = max(1, (usable - 1) // max(hosts, 1))
        free = [number for number in range(1, usable + 1, step) if number != own][:hosts]
        self.addresses = ["{}.{}".format(network, number) for number in free]
        assert len(self.addresses) == hosts and self.gateway in self.addresses
        self._started: List["subprocess.Popen[str]"] = []
        self._build()

    def _build(self) -> None:
        for name in (self.pc, self.lan):
            _run("ip", "netns", "add", name)
        lines = [
            "link set lo up",
            "link add br0 type bridge",
            "link add port0 type veth peer name eth0 netns " + self.pc,
            "link add port1 type veth peer name cable",
            "link set port0 master br0",
            "link set port1 master br0",
        ]
        lines += ["link set {} up".format(name) for name in ("br0", "port0", "port1", "cable")]
        for number, address in enumerate(self.addresses, 1):
            lines.append(
                "link add h{} link cable address {} type macvlan mode bridge".format(number, self.mac(address))
            )
            lines.append("address add {}/{} dev h{}".format(address, self.prefix, number))
            lines.append("link set h{} up".format(number))
        self.inside(
            self.lan, "sysctl", "-q", "-w", "net.ipv4.conf.all.arp_ignore=1", "net.ipv4.conf.all.arp_announce=2"
        )
        _run("ip", "-n", self.lan, "-batch", "-", stdin="\n".join(lines) + "\n")
        pc = ["link set lo up", "link set eth0 address 02:00:00:00:fe:01", "link set eth0 up"]
        pc += ["address add {}/{} dev eth0".format(self.own, self.prefix), "route add default via " + self.gateway]
        _run("ip", "-n", self.pc, "-batch", "-", stdin="\n".join(pc) + "\n")

    @staticmethod
    def mac(address: str) -> str:
        return "02:5e:{:02x}:{:02x}:{:02x}:{:02x}".format(*(int(part) for part in address.split(".")))

    def inside(self, name: str, *command: str, **options: Any) -> str:
        return _run("ip", "netns", "exec", name, *command, **options)

    def lose(self, percent: int) -> None:
        """That many of the frames are lost, in each direction, on the scanner's cable."""
        below = 2**32 * percent // 100
        random_drop = "4,32 0 0 4294963256,53 0 1 {},6 0 0 4294967295,6 0 0 2".format(below)
        for direction in ("ingress", "egress"):
            self.tc("qdisc", "replace", "dev", "port0", "clsact")
            self.tc(
                "filter", "add", "dev", "port0", direction, "protocol", "all", "bpf",
                "bytecode", random_drop, "direct-action",
            )  # fmt: skip

    def tc(self, *arguments: str) -> None:
        self.inside(self.lan, "tc", *arguments)

    def stop_answering(self, address: str) -> None:
        _run("ip", "-n", self.lan, "link", "set", "h{}".format(self.addresses.index(address) + 1), "down")

    def start(self, module: str, *arguments: str) -> "subprocess.Popen[str]":
        """A Python module of this checkout on the scanner's PC."""
        return self.start_in(self.pc, module, *arguments)

    def start_in(self, name: str, module: str, *arguments: str) -> "subprocess.Popen[str]":
        command = ["ip", "netns", "exec", name, sys.executable, "-m", module, *arguments]
        pipe = subprocess.PIPE
        started = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, cwd=str(ROOT))
        self._started.append(started)
        return started

    def close(self) -> None:
        for process in self._started:
            if process.poll() is None:
                process.kill()
            process.wait(10)
            for stream in (process.stdin, process.stdout, process.stderr):
                if stream is not None:
                    with contextlib.suppress(OSError):  # a line that nobody has read any more
                        stream.close()
        for name in (self.pc, self.lan):
            subprocess.run(["ip", "netns", "del", name], capture_output=True)

    def __enter__(self) -> "Lan":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _run(*command: str, stdin: str = "") -> str:
    done = subprocess.run(list(command), input=stdin, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError("{}: {}".format(" ".join(command[:6]), done.stderr.strip()))
    return done.stdout
