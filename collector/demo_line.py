"""Reflector and ndt7 server beside the demo, so that its agent has something to measure against."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path

from collector import line_commands
from collector.settings import Settings, load_settings
from inventory.store.engine import Store
from inventory.store.policy import scope_values, set_policy


class LineServers:
    """Two processes that end with this one, whatever ends it: they read from a pipe that only we hold."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._running: list[subprocess.Popen[bytes]] = []
        self.reflector_port = 0
        self.ndt7_port = 0

    def start(self, store: Store, site_id: int, now: datetime) -> None:
        """Finds ports, the ones of last time where they are free, tells the site's agents, starts the processes."""
        with store.session() as session:
            before = scope_values(session, "site", str(site_id))
            host = self._settings.listen_host
            self.reflector_port = _port(host, socket.SOCK_DGRAM, str(before.get("line.reflector", "")))
            self.ndt7_port = _port(host, socket.SOCK_STREAM, str(before.get("line.ndt7", "")))
            values = {**before, "line.reflector": f":{self.reflector_port}", "line.ndt7": f":{self.ndt7_port}"}
            set_policy(session, "site", str(site_id), values, "demo", "Nơi đo đường truyền của bản chạy thử", now)
        log = Path(self._settings.var_dir) / "line.log"
        environment = os.environ | {
            "GAPWATCH_DATABASE_URL": self._settings.database_url,
            "GAPWATCH_VAR_DIR": self._settings.var_dir,
            "GAPWATCH_MASTER_KEY_FILE": str(self._settings.master_key_path),
            "GAPWATCH_PROVINCE_ID": self._settings.province_id,
        }
        for name, port in (("reflector", self.reflector_port), ("ndt7", self.ndt7_port)):
            command = [sys.executable, "-m", "collector.demo_line", name, line_commands.shown(host, port)]
            with open(log, "ab") as output:
                self._running.append(
                    subprocess.Popen(
                        command, stdin=subprocess.PIPE, stdout=output, stderr=output, env=environment,
                        start_new_session=True,
                    )
                )  # fmt: skip

    def shown(self) -> str:
        """For the banner."""
        return f"{self.reflector_port} (UDP, gói thử) và {self.ndt7_port} (TCP, tốc độ)"

    def stop(self) -> None:
        for process in self._running:
            process.terminate()
        for process in self._running:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
            if process.stdin is not None:
                process.stdin.close()
        self._running = []


def _port(host: str, kind: socket.SocketKind, before: str) -> int:
    """The port of last time if it is free, else any that is."""
    wanted = before.removeprefix(":")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for number in (int(wanted) if wanted.isdigit() else 0, 0):
        with socket.socket(family, kind) as probe:
            try:
                probe.bind((host, number))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    return 0


def main(name: str, listen: str) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    settings = load_settings()
    if name == "reflector":
        line_commands.run_reflector(settings, listen, "")
    else:
        line_commands.run_ndt7(settings, listen, "", None, None, 8)


def _end_with_parent() -> None:
    while os.read(0, 4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:3])
