"""Group commit: uploads that arrive while a transaction runs share the next one."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from inventory.store.arrival import Arrival, Outcome
from inventory.store.engine import OperationalError

_log = logging.getLogger(__name__)

MAX_BATCH = 400  # reports in one transaction: bounds its length and so the wait of those behind it
# Before a batch is taken, those that arrive at the same moment may join it. It also lets the event loop read in peace:
# two threads that fight for the interpreter need more of it.
LINGER_S = 0.004
MAX_WAITING = 8000  # reports waiting: beyond it agents are asked to come back


class Overloaded(Exception):
    """Too much is waiting; nothing was stored, the sender keeps its reports."""


@dataclass(slots=True)
class _Upload:
    arrivals: Sequence[Arrival]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[list[Outcome]]


class GroupCommitter:
    """One writer thread. `submit` returns after the commit that holds the reports, or raises what went wrong."""

    def __init__(self, ingest: Callable[[Sequence[Arrival]], list[Outcome]]) -> None:
        self._ingest = ingest
        self._queue: queue.SimpleQueue[_Upload | None] = queue.SimpleQueue()
        self._waiting = 0
        self._thread: threading.Thread | None = None
        self.transactions = 0
        self.failing_since: float | None = None  # epoch seconds while the store refuses to write
        self.reports = 0

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="ingest", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stores what is waiting, then ends the thread."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()
            self._thread = None

    async def submit(self, arrivals: Sequence[Arrival]) -> list[Outcome]:
        """Outcomes in order, after the commit. Raises Overloaded, or the store's error when nothing was stored."""
        if self._waiting + len(arrivals) > MAX_WAITING or self._thread is None:
            raise Overloaded
        loop = asyncio.get_running_loop()
        future: asyncio.Future[list[Outcome]] = loop.create_future()
        self._waiting += len(arrivals)
        try:
            self._queue.put(_Upload(arrivals, loop, future))
            return await future
        finally:
            self._waiting -= len(arrivals)

    def _run(self) -> None:
        stopping = False
        while not stopping:
            uploads, stopping = self._gather()
            if uploads:
                self._commit(uploads)

    def _gather(self) -> tuple[list[_Upload], bool]:
        first = self._queue.get()
        if first is None:
            return [], True
        time.sleep(LINGER_S)
        uploads = [first]
        count = len(first.arrivals)
        while count < MAX_BATCH:
            try:
                upload = self._queue.get_nowait()
            except queue.Empty:
                break
            if upload is None:
                return uploads, True
            uploads.append(upload)
            count += len(upload.arrivals)
        return uploads, False

    def _commit(self, uploads: list[_Upload]) -> None:
        arrivals = [arrival for upload in uploads for arrival in upload.arrivals]
        error: Exception | None = None
        outcomes: list[Outcome] = []
        try:
            outcomes = self._ingest(arrivals)
            self.transactions += 1
            self.reports += len(arrivals)
            self.failing_since = None
        except (
            OperationalError
        ) as caught:  # full disk, server gone: known trouble, told once and not as a fault of ours
            if self.failing_since is None:
                _log.error("reports cannot be stored, agents keep theirs: %s", caught.orig)
                self.failing_since = time.time()
            error = caught
        except Exception as caught:  # the writer must outlive every error: each sender is told of its own
            _log.exception("a batch of %d reports was not stored", len(arrivals))
            error = caught
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is waiting any more
            uploads[0].loop.call_soon_threadsafe(_resolve, uploads, outcomes, error)


def _resolve(uploads: list[_Upload], outcomes: list[Outcome], error: Exception | None) -> None:
    start = 0
    for upload in uploads:
        end = start + len(upload.arrivals)
        if not upload.future.done():  # a sender that hung up has cancelled it
            if error is not None:
                upload.future.set_exception(error)
            else:
                upload.future.set_result(outcomes[start:end])
        start = end
