"""Running the ASGI application with uvicorn, set up for thousands of agents that keep their connection."""

from __future__ import annotations

import contextlib
import logging
import resource
import socket

import uvicorn
from fastapi import FastAPI

from collector.settings import Settings, SettingsError

# Longer than three heartbeats: an agent keeps one connection all day, and a TLS handshake costs more than a heartbeat.
KEEP_ALIVE_S = 1000
OPEN_FILES = 16_384


def make_server(settings: Settings, app: FastAPI, *, log_level: str = "info") -> uvicorn.Server:
    """A server bound to the settings' address. Raises SettingsError when the address cannot be used."""
    _check_address(settings)
    _allow_open_files()
    config = uvicorn.Config(
        app,
        host=settings.listen_host,
        port=settings.listen_port,
        log_level=log_level,
        access_log=False,
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


def _check_address(settings: Settings) -> None:
    with socket.socket(socket.AF_INET6 if ":" in settings.listen_host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.listen_host, settings.listen_port))
        except OSError as error:
            raise SettingsError(
                f"listen_port: {settings.listen_host}:{settings.listen_port} cannot be used ({error.strerror}); "
                f"another program may have it. Choose another port, for example GAPWATCH_LISTEN_PORT={settings.listen_port + 1}"
            ) from None


def _allow_open_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(OPEN_FILES, hard) if hard != resource.RLIM_INFINITY else OPEN_FILES
    if soft < wanted:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
