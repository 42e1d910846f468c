"""Figures of reflector and ndt7 server for Prometheus: a small HTTP door of their own, off unless asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from collector.opening import CommandError

Figures = Callable[[], Mapping[str, tuple[str, float]]]  # name, with labels -> (counter | gauge, value)


def text_of(figures: Mapping[str, tuple[str, float]]) -> str:
    """Prometheus text."""
    lines: list[str] = []
    told: set[str] = set()
    for name, (kind, value) in figures.items():
        family = name.partition("{")[0]
        if family not in told:
            told.add(family)
            lines += [
                f"# HELP {family} {family.removeprefix('gapwatch_').replace('_', ' ')}",
                f"# TYPE {family} {kind}",
            ]
        lines.append(f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}")
    return "\n".join(lines) + "\n"


def address_of(option: str, text: str, default_port: int = 0) -> tuple[str, int]:
    """ "HOST:PORT", "[::]:8620" or ":8620" -> (host, port). Raises CommandError naming the option."""
    host, _, port = text.rpartition(":")
    host = host.strip("[]")
    if ":" not in text or not port.isdigit() or int(port) > 65535 or (int(port) == 0 and default_port):
        raise CommandError(f"{option}: {text!r} không phải là địa chỉ; ghi như 0.0.0.0:8620 hoặc [::]:8620")
    return host or "0.0.0.0", int(port)  # noqa: S104  (a listening address that the operator left open)


def serve(address: tuple[str, int], figures: Figures) -> ThreadingHTTPServer:
    """Answers GET /metrics and /healthz in a thread until shutdown(). Raises CommandError when the port is taken."""

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b"ok\n" if self.path == "/healthz" else text_of(figures()).encode()
            self.send_response(200 if self.path in ("/healthz", "/metrics") else 404)
            self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: a look every few seconds is no news."""

    try:
        server = ThreadingHTTPServer(address, Door)
    except OSError as error:
        raise CommandError(
            f"--metrics: không mở được {address[0]}:{address[1]} ({error.strerror}); chọn cổng khác"
        ) from None
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server
