"""The floor: a bare ASGI application that parses the same bytes and group-commits them with the database driver.

    python -m tests.bench.floor PORT sqlite:PATH | postgresql://...

It checks the seal, unpacks and parses the JSON, and inserts one row (agent, boot, seq, bytes) per report. It does no
ledger, no contacts, no sections, no machines: no collector can do its work for less than this.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
import threading
from typing import Any

import uvicorn

from agent.wire import seal
from tests.bench.load import MASTER

ANSWER = b'{"acks":[{"seq":1,"status":"stored"}]}'
HEAD = [(b"content-type", b"application/json"), (b"content-length", str(len(ANSWER)).encode())]


class Writer:
    """Takes what came since the last commit into the next transaction."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.waiting: list[tuple[Any, asyncio.Future[None]]] = []
        self.event = threading.Event()

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        threading.Thread(target=self.run, daemon=True).start()

    def run(self) -> None:
        commit = self._sqlite() if self.target.startswith("sqlite:") else self._postgresql()
        while True:
            self.event.wait()
            self.event.clear()
            batch, self.waiting = self.waiting, []
            if batch:
                commit([row for row, _ in batch])
                self.loop.call_soon_threadsafe(lambda done=batch: [future.set_result(None) for _, future in done])

    def _sqlite(self) -> Any:
        connection = sqlite3.connect(self.target.removeprefix("sqlite:"), isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE IF NOT EXISTS floor (agent TEXT, boot TEXT, seq INTEGER, frame BLOB)")

        def commit(rows: list[Any]) -> None:
            connection.execute("BEGIN")
            connection.executemany("INSERT INTO floor VALUES (?, ?, ?, ?)", rows)
            connection.execute("COMMIT")

        return commit

    def _postgresql(self) -> Any:
        import psycopg

        connection = psycopg.connect(self.target.replace("+psycopg", ""))
        connection.execute("CREATE TABLE IF NOT EXISTS floor (agent text, boot text, seq int, frame bytea)")
        connection.commit()

        def commit(rows: list[Any]) -> None:
            with connection.cursor() as cursor:
                cursor.executemany("INSERT INTO floor VALUES (%s, %s, %s, %s)", rows)
            connection.commit()

        return commit


def make_app(writer: Writer) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            while True:
                message = await receive()
                if message["type"] == "lifespan.startup":
                    writer.start(asyncio.get_running_loop())
                    await send({"type": "lifespan.startup.complete"})
                else:
                    await send({"type": "lifespan.shutdown.complete"})
                    return
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        for frame in seal.split(body):
            plain = json.loads(seal.open_frame(frame, seal.derive_key(MASTER, frame.agent_id, frame.key_generation)))
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            writer.waiting.append(((plain["agent_id"], plain["boot_id"], plain["seq"], frame.raw), future))
            writer.event.set()
            await future
        await send({"type": "http.response.start", "status": 200, "headers": HEAD})
        await send({"type": "http.response.body", "body": ANSWER})

    return app


if __name__ == "__main__":
    uvicorn.run(
        make_app(Writer(sys.argv[2])),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        log_level="warning",
        access_log=False,
        date_header=False,
        server_header=False,
    )
