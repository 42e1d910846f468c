"""A Windows PC made of answers, for the posture probe."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional

from agent.probes import posture
from agent.wire.sections import PostureInfo
from tests.agent import machines

NOW = 1795000000.0  # 2026-11-18
NT = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
CURRENT = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion"
CIM_OS = r"wmic /namespace:\\root\cimv2 path Win32_OperatingSystem get Version"
AV_NAMES = r"wmic /namespace:\\root\SecurityCenter2 path AntiVirusProduct get displayName"
AV_STATES = r"wmic /namespace:\\root\SecurityCenter2 path AntiVirusProduct get productState"
FW_NAMES = r"wmic /namespace:\\root\SecurityCenter2 path FirewallProduct get displayName"
HOTFIXES = r"wmic /namespace:\\root\cimv2 path Win32_QuickFixEngineering get InstalledOn"
WINDOWS_10 = {NT: {"CurrentVersion": "6.3", "CurrentMajorVersionNumber": 10, "InstallationType": "Client"}}

Made = Callable[..., PostureInfo]


def maker(folder: Path) -> Made:
    """A function that gives what the probe says of a PC with these answers."""

    def run(
        registry: Optional[Dict[str, Any]] = None,
        commands: Optional[Dict[str, Any]] = None,
        services: Optional[Dict[str, bool]] = None,
        log: Optional[List[str]] = None,
    ) -> PostureInfo:
        facts = {"platform": "windows", "now": NOW, "services": services or {}}
        if commands:  # a PC with wmic: to what is not said it prints nothing
            commands = {**{key: {"out": ""} for key in (CIM_OS, AV_NAMES, AV_STATES, FW_NAMES, HOTFIXES)}, **commands}
        for name, content in (("machine", facts), ("registry", registry or {}), ("commands", commands or {})):
            (folder / (name + ".json")).write_text(json.dumps(content), "utf-8")
        return posture.run(machines.context(machines.CapturedHost(folder), log))

    return run
