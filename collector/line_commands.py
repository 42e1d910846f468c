"""`gapwatch reflector` and `gapwatch ndt7`: the two processes that agents measure their line against."""

from __future__ import annotations

import asyncio
import logging
import signal
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from collector import line_metrics
from collector.ingest.master import load_or_create
from collector.line_roster import Roster
from collector.ndt7.desk import Desk
from collector.ndt7.server import Ndt7Server
from collector.opening import CommandError, open_ready, say
from collector.reflector.server import Reflector
from collector.settings import Settings

REFLECTOR_PORT, NDT7_PORT = 8620, 8621


def run_reflector(settings: Settings, listen: str, metrics: str) -> None:
    """Answers enrolled agents' STAMP packets until asked to stop."""
    _set_up_logging()
    address = line_metrics.address_of("--listen", listen, REFLECTOR_PORT)
    with _roster(settings) as roster:
        reflector = Reflector(address, roster)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: reflector.stop())
        with _metrics(metrics, reflector.figures):
            say(f"Bộ phản hồi STAMP: UDP {shown(address[0], reflector.port)}")
            reflector.run()


def run_ndt7(settings: Settings, listen: str, metrics: str, cert: Path | None, key: Path | None, tests: int) -> None:
    """Serves enrolled agents' throughput tests until asked to stop."""
    _set_up_logging()
    address = line_metrics.address_of("--listen", listen, NDT7_PORT)
    tls = _tls(cert, key)
    if tests < 1:
        raise CommandError(f"--max-tests: {tests} không dùng được; ghi số lần đo cùng lúc, từ 1 trở lên")
    with _roster(settings) as roster:
        server = Ndt7Server(Desk(roster, tests))
        with _metrics(metrics, server.figures):
            asyncio.run(_serve(server, address, tls))


async def _serve(server: Ndt7Server, address: tuple[str, int], tls: ssl.SSLContext | None) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with server.listen(address, tls) as listening:
        port = next(iter(listening.sockets)).getsockname()[1]
        say(f"Máy chủ đo tốc độ ndt7: {'https' if tls else 'http'}://{shown(address[0], port)}")
        await stop.wait()


def _set_up_logging() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("websockets").setLevel(logging.WARNING)  # a line for each connection is no news


@contextmanager
def _roster(settings: Settings) -> Iterator[Roster]:
    store = open_ready(settings)
    try:
        yield Roster(store, load_or_create(settings.master_key_path))
    finally:
        store.close()


@contextmanager
def _metrics(address: str, figures: Callable[[], dict[str, tuple[str, float]]]) -> Iterator[None]:
    if not address:
        yield
        return
    door = line_metrics.serve(line_metrics.address_of("--metrics", address), figures)
    try:
        yield
    finally:
        door.shutdown()
        door.server_close()


def _tls(cert: Path | None, key: Path | None) -> ssl.SSLContext | None:
    if cert is None and key is None:
        return None
    if cert is None or key is None:
        raise CommandError("--cert, --key: phải ghi cả chứng thư và khóa, hoặc bỏ cả hai")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # what Windows 7 with Python 3.8 speaks
    try:
        context.load_cert_chain(cert, key)
    except (OSError, ssl.SSLError) as error:
        raise CommandError(
            f"--cert, --key: không đọc được {cert}, {key} ({error.strerror or error}); kiểm tra tên tệp và quyền đọc"
        ) from None
    return context


def shown(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
