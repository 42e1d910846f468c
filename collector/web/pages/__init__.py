"""The pages of the service, one module each with a `router`. A new page: write the module, add it twice below."""

from __future__ import annotations

from types import ModuleType

from collector.web.pages import (
    audit,
    devices,
    finding,
    findings,
    health,
    machine,
    machines,
    overview,
    policy,
    recipients,
    rejected,
    scans,
    sign_in,
    site,
    sites,
    tokens,
    units,
    villages,
    weekly,
)

PAGES: tuple[ModuleType, ...] = (
    sign_in,
    overview,
    sites,
    site,
    villages,
    units,
    health,
    machines,
    machine,
    devices,
    scans,
    findings,
    finding,
    tokens,
    rejected,
    audit,
    policy,
    weekly,
    recipients,
)
