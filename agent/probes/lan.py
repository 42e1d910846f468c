"""What the last scans of the own LAN found, from the file that the scanner keeps (agent/scanning.py). Sends nothing."""

from __future__ import annotations

import json
import os
from typing import Any, Optional

from ..probe import NoData, ProbeContext
from ..scan.state import DEVICES_FILE, FILE, KNOWN_S, ScanState, present, read
from ..wire import codec
from ..wire.errors import WireError
from ..wire.sections_lan import DeviceInfo, DevicesInfo, LanInfo, ScanHost, ScanRecord

_OFF = ("no_lease", "local_switch", "policy", "no_network", "unsupported")


def run(context: ProbeContext) -> LanInfo:
    plain = _kept(context, FILE)
    if plain is None:
        raise NoData("this agent has not run yet")
    return lan_info(read(plain), context.host.now())


def lan_info(state: ScanState, now_s: float) -> LanInfo:
    """The section. What was found stays in it for days when the PC ceases to be the scanner: another PC's first sweep may
    take a day."""
    off = state.off if state.off in _OFF else ""
    last = state.last_sweep if state.last_sweep != ScanRecord() else None
    hosts = [host for host in present(state) if now_s - min(host.seen_s, now_s) <= KNOWN_S]
    return LanInfo(
        interface=state.interface,
        network=state.network,
        gateway=state.gateway,
        gateway_mac_hash=state.gateway_mac_hash,
        last_sweep=last,
        # By hash, not by address: the order of addresses would tell more than it should.
        hosts=tuple(
            ScanHost(host.mac_prefix, host.mac_hash, host.passes) for host in sorted(hosts, key=lambda h: h.mac_hash)
        ),
        lldp=tuple(sorted((row.neighbour for row in state.lldp), key=lambda item: (item.mac_hash, item.port))),
        scans=state.scans,
        off=off,
    )


def run_devices(context: ProbeContext) -> DevicesInfo:
    plain = _kept(context, DEVICES_FILE)
    if not isinstance(plain, dict):
        raise NoData("no device has been asked yet")
    devices = []
    for item in plain.get("devices", ()):
        try:
            devices.append(codec.read(DeviceInfo, item["info"]))
        except (WireError, KeyError, TypeError) as error:
            context.log("a device's row is left out: {!r}".format(error))
    asked = plain.get("asked")
    return DevicesInfo(tuple(devices), asked if isinstance(asked, int) else None)


def _kept(context: ProbeContext, name: str) -> Optional[Any]:
    if not context.settings.state_dir:
        return None
    text = context.host.read_text(os.path.join(context.settings.state_dir, name))
    if text is None:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return {}
