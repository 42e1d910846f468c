"""The import table of the house plan, walked over every module of the three rooms."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.probes import PROBES

ROOT = Path(__file__).resolve().parents[2]
STANDARD = set(sys.stdlib_module_names)

# room (longest prefix wins) -> what it may import besides the standard library and itself
ALLOWED: dict[str, set[str]] = {
    "agent.wire": set(),
    "agent.probes": {
        "agent.wire",
        "agent.host",
        "agent.probe",
        "agent.smbios",
        "agent.edid",
        "agent.scan.state",
        "agent.scan.neigh",
        "agent.scan.sendarp",
        "agent.quality",
        "agent.hygiene",
        "agent.files",
        "agent.journal_file",
        "psutil",
    },
    "agent.scan": {"agent"},
    "agent.hygiene": {"agent.wire", "agent.host", "agent.files", "agent.scan.state", "agent.scan.frames"},
    "agent.scan.scapy_door": {"agent.scan", "scapy"},
    "agent": {"agent", "psutil"},
    "agent.snmp": {"agent.wire", "agent.errors"},
    "agent.snmp.session": {"agent.snmp", "pysnmp", "pyasn1", "cryptography"},
    "agent.transport": {"agent", "requests", "urllib3"},
    "inventory": set(),
    "inventory.domain": {"holidays", "numpy", "netaddr"},
    "inventory.store": {"inventory.domain", "sqlmodel", "sqlalchemy", "alembic", "psycopg"},
    "inventory.migrations": {"inventory.domain", "inventory.store", "sqlmodel", "sqlalchemy", "alembic"},
    "inventory.transfer": {"inventory.domain", "inventory.store", "sqlmodel", "sqlalchemy", "openpyxl", "xlsxwriter"},
    "inventory.sample": {"inventory.domain", "inventory.store", "sqlmodel", "sqlalchemy"},
    "collector.reflector": {
        "inventory",
        "agent.wire",
        "agent.quality.stamp_codec",
        "collector.line_roster",
        "collector.opening",
    },
    "collector.ndt7": {"inventory", "agent.wire", "collector.line_roster", "collector.opening", "websockets"},
    "collector.ingest": {"inventory", "collector.settings", "agent.wire", "fastapi", "starlette"},
    "collector.web": {
        "inventory",
        "collector.settings",
        "collector.i18n",
        "fastapi",
        "starlette",
        "jinja2",
        "markupsafe",
        "sqlmodel",
        "sqlalchemy",
        "argon2",
        "babel",
    },
    "collector.api": {
        "inventory",
        "collector.settings",
        "collector.i18n",
        "fastapi",
        "starlette",
        "pydantic",
        "sqlmodel",
        "sqlalchemy",
        "argon2",
    },
    "collector.jobs": {"inventory", "collector.settings", "collector.i18n", "apscheduler", "sqlmodel", "sqlalchemy"},
    "collector.mail": {"inventory", "collector.settings", "collector.i18n", "jinja2", "markupsafe", "sqlmodel"},
    "collector.i18n": {"babel", "inventory.domain"},
    "collector.settings": set(),
    # where the rooms meet
    "collector": {
        "collector",
        "inventory",
        "agent",
        "fastapi",
        "starlette",
        "uvicorn",
        "sqlmodel",
        "sqlalchemy",
        "typer",
    },
}
HEAVY = {"scapy", "pysnmp"}


def modules() -> Iterator[tuple[str, Path]]:
    for room in ("agent", "inventory", "collector"):
        for path in sorted((ROOT / room).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imports(name: str, path: Path) -> Iterator[tuple[str, int]]:
    """Every module imported anywhere in the file, with its line; relative imports resolved."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, base] if base else above)
            if base in ("agent", "inventory", "collector") or (node.level and not node.module):
                for alias in node.names:
                    yield f"{base}.{alias.name}", node.lineno
            else:
                yield base, node.lineno


def room_of(name: str) -> str:
    return max((room for room in ALLOWED if within(name, room)), key=len)


def within(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith(prefix + ".")


@pytest.mark.parametrize(("name", "path"), [pytest.param(*item, id=item[0]) for item in modules()])
def test_a_module_imports_only_what_its_room_may(name: str, path: Path) -> None:
    room = room_of(name)
    wrong = [
        f"line {line}: {target}"
        for target, line in imports(name, path)
        if target.split(".")[0] not in STANDARD
        and not (within(target, room) and room not in ("agent", "collector"))
        and not any(within(target, allowed) for allowed in ALLOWED[room])
        and not (name == "agent" and target == "agent.__version__")
        and target != "agent.__version__"
    ]

    assert not wrong, f"{name} (room {room}) may not import: {', '.join(wrong)}"


def test_the_table_catches_a_wrong_import(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_text("import sqlmodel\nfrom agent.wire import seal\n")

    assert [target for target, _ in imports("inventory.domain.x", path)] == ["sqlmodel", "agent.wire"]
    assert room_of("inventory.domain.x") == "inventory.domain"
    assert "sqlmodel" not in ALLOWED["inventory.domain"]


@pytest.mark.parametrize(
    ("name", "path"), [pytest.param(*item, id=item[0]) for item in modules() if within(item[0], "agent")]
)
def test_heavy_packages_are_never_imported_at_the_top_of_an_agent_module(name: str, path: Path) -> None:
    top = [
        node
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, (ast.Import, ast.ImportFrom))
    ]
    names = {alias.name.split(".")[0] for node in top if isinstance(node, ast.Import) for alias in node.names}
    names |= {(node.module or "").split(".")[0] for node in top if isinstance(node, ast.ImportFrom) and not node.level}

    assert not names & HEAVY, f"{name}: import {names & HEAVY} inside the probe's child process"


SESSION = "agent.snmp.session"
CHILDREN = {"agent.snmp.child", "agent.probe_child", "agent.scan.child", "agent.quality.child"}  # what is started as a process of its own


def reached_from(starts: set[str], graph: dict[str, set[str]]) -> set[str]:
    """Modules of the graph that the starts lead to, without going through a child process."""
    reached: set[str] = set()
    pending = [name for name in starts if name in graph]
    while pending:
        name = pending.pop()
        if name not in reached and name not in CHILDREN:
            reached.add(name)
            pending += [target for target in graph[name] if target in graph]
    return reached


def test_only_child_processes_open_an_snmp_session() -> None:
    """No command and no part of the service leads to pysnmp; of the probes only those that run in a child process do."""
    graph = {name: {target for target, _ in imports(name, path)} for name, path in modules() if within(name, "agent")}
    users = {name for name, targets in graph.items() if any(within(target, "pysnmp") for target in targets)}
    probes = {probe.run.__module__: probe for probe in PROBES.values()}
    resident = {name: targets - (set(probes) if name == "agent.probes" else set()) for name, targets in graph.items()}

    reached = reached_from({"agent.__main__", "agent.cli", "agent.service", "agent.loop", "agent.runner"}, resident)
    heavy = {probe.name for name, probe in probes.items() if SESSION in reached_from({name}, graph)}

    assert users == {SESSION}
    assert {"agent.probe_command", "agent.probes"} <= reached
    assert SESSION not in reached
    assert all(PROBES[name].child for name in heavy)


def test_only_a_scan_s_child_process_opens_raw_frames() -> None:
    graph = {name: {target for target, _ in imports(name, path)} for name, path in modules() if within(name, "agent")}
    users = {name for name, targets in graph.items() if any(within(target, "scapy") for target in targets)}

    reached = reached_from({"agent.__main__", "agent.cli", "agent.service", "agent.loop", "agent.scan_command"}, graph)

    assert users == {"agent.scan.scapy_door"}
    assert "agent.scanning" in reached
    assert not {name for name in reached if within(name, "agent.scan")} - {
        "agent.scan", "agent.scan.schedule", "agent.scan.state", "agent.scan.records"
    }  # fmt: skip


def test_the_running_agent_has_no_heavy_package() -> None:
    code = (
        "import sys, agent.cli, agent.service, agent.loop, agent.runner, agent.probes, agent.probe_command, agent.transport\n"
        "import agent.scanning, agent.scan_command\n"
        f"print(sorted(set(name.split('.')[0] for name in sys.modules) & {HEAVY | {'pyasn1'}!r}))"
    )

    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)

    assert result.stdout.strip() == "[]", result.stdout + result.stderr
