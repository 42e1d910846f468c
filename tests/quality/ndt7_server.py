"""A real ndt7 server in a thread, for an office of a few agents."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from agent.wire.seal import derive_key
from collector.line_roster import Member, Roster
from collector.ndt7.desk import Desk
from collector.ndt7.server import Ndt7Server

MASTER, AGENT, NEIGHBOUR, ELSEWHERE = b"m" * 32, "a1" * 16, "b2" * 16, "c3" * 16
SITES = {AGENT: 1, NEIGHBOUR: 1, ELSEWHERE: 2}


class Office(Roster):
    """Two agents of one site and one of another, all with generation 1."""

    def __init__(self) -> None:
        super().__init__(None, MASTER)  # type: ignore[arg-type]

    def member(self, agent_id: str, generation: int) -> Member | None:
        site = SITES.get(agent_id)
        return Member(agent_id, site, 1) if site and generation == 1 else None


def key_of(agent_id: str) -> bytes:
    return derive_key(MASTER, agent_id, 1)


@contextmanager
def running(desk: Desk, tls: ssl.SSLContext | None = None) -> Iterator[tuple[int, Ndt7Server]]:
    """(port, server) while inside."""
    ready, done = threading.Event(), {}

    async def main() -> None:
        server = Ndt7Server(desk)
        stop = asyncio.Event()
        async with server.listen(("127.0.0.1", 0), tls) as listening:
            done.update(
                loop=asyncio.get_running_loop(), stop=stop, server=server,
                port=next(iter(listening.sockets)).getsockname()[1],
            )  # fmt: skip
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=asyncio.run, args=(main(),), daemon=True)
    thread.start()
    assert ready.wait(10)
    yield done["port"], done["server"]
    done["loop"].call_soon_threadsafe(done["stop"].set)
    thread.join(10)
