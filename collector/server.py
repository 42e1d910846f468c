"""Running the ASGI application with uvicorn, set up for thousands of agents that keep their connection."""

from __future__ import annotations

import contextlib
import errno
import logging
import resource
import socket
import sys

import uvicorn

from collector.ingest.front import ReportFront
from collector.settings import Settings, SettingsError

# Longer than three heartbeats: an agent keeps one connection all day, and a TLS handshake costs more than a heartbeat.
KEEP_ALIVE_S = 1000
OPEN_FILES = 16_384
# The event loop and the writer thread both want the interpreter all the time: fewer, longer turns (Python's default
# is 5 ms) raised the ingest rate by about a third.
SWITCH_INTERVAL_S = 0.02


def make_server(settings: Settings, app: ReportFront, *, log_level: str = "info") -> uvicorn.Server:
    """A server bound to the settings' address. Raises SettingsError when the address cannot be used."""
    check_address(settings)
    _allow_open_files()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    config = uvicorn.Config(
        app,
        host=settings.listen_host,
        port=settings.listen_port,
        log_level=log_level,
        access_log=False,
        proxy_headers=False,  # done behind the agents' door: only people's addresses matter
        server_header=False,
        date_header=False,  # agents have the server's time in the enrolment; saves a tenth of every answer
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=5,
        lifespan="on",
        h11_max_incomplete_event_size=64 * 1024,
    )
    return uvicorn.Server(config)


def set_up_logging(level: int = logging.INFO) -> None:
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)


def check_address(settings: Settings) -> None:
    """Raises SettingsError when the settings' address cannot be listened on."""
    with socket.socket(socket.AF_INET6 if ":" in settings.listen_host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.listen_host, settings.listen_port))
        except OSError as error:
            where = f"{settings.listen_host}:{settings.listen_port}"
            if error.errno == errno.EADDRINUSE:
                raise SettingsError(
                    f"listen_port: cổng {where} đã có chương trình khác dùng. Tắt chương trình đó, hoặc chọn cổng khác, "
                    f"ví dụ GAPWATCH_LISTEN_PORT={settings.listen_port % 65535 + 1}"
                ) from None
            if isinstance(error, PermissionError):
                raise SettingsError(
                    f"listen_port: không có quyền mở cổng {where}; dùng cổng từ 1024 trở lên, đặt sau nginx hoặc Caddy"
                ) from None
            raise SettingsError(
                f"listen_host: không mở được {where} ({error.strerror}); ghi địa chỉ của chính máy này, 127.0.0.1 hoặc 0.0.0.0"
            ) from None


def _allow_open_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(OPEN_FILES, hard) if hard != resource.RLIM_INFINITY else OPEN_FILES
    if soft < wanted:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
