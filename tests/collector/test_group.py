"""Group commit: nobody hears of success before the commit, and everybody hears of their own outcome."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from typing import Any

import pytest

from collector.ingest.group import MAX_WAITING, GroupCommitter, Overloaded
from inventory.store.arrival import Outcome
from inventory.store.engine import OperationalError


class Recorder:
    """An ingest function that waits for leave and notes its batches."""

    def __init__(self) -> None:
        self.batches: list[list[Any]] = []
        self.leave = threading.Event()
        self.error: Exception | None = None

    def __call__(self, arrivals: Sequence[Any]) -> list[Outcome]:
        assert self.leave.wait(10)
        self.batches.append(list(arrivals))
        if self.error:
            raise self.error
        return [Outcome("stored", str(arrival)) for arrival in arrivals]


def test_uploads_that_wait_share_a_transaction_and_get_their_own_outcomes() -> None:
    recorder = Recorder()

    async def scenario() -> list[list[Outcome]]:
        committer = GroupCommitter(recorder)
        committer.start()
        first = asyncio.create_task(committer.submit(["a"]))  # type: ignore[list-item]
        await asyncio.sleep(0.05)
        others = [asyncio.create_task(committer.submit([name, name + "2"])) for name in "bcd"]  # type: ignore[list-item]
        await asyncio.sleep(0.05)
        assert not first.done(), "the answer must wait for the commit"
        recorder.leave.set()
        results = await asyncio.gather(first, *others)
        await asyncio.to_thread(committer.stop)
        return results

    results = asyncio.run(scenario())

    assert recorder.batches == [["a"], ["b", "b2", "c", "c2", "d", "d2"]]
    assert [[outcome.reason for outcome in result] for result in results] == [
        ["a"],
        ["b", "b2"],
        ["c", "c2"],
        ["d", "d2"],
    ]


def test_an_error_reaches_every_waiting_upload_and_the_writer_goes_on() -> None:
    recorder = Recorder()
    recorder.error = OSError("disk full")
    recorder.leave.set()

    async def scenario() -> None:
        committer = GroupCommitter(recorder)
        committer.start()
        with pytest.raises(OSError, match="disk full"):
            await committer.submit(["a"])  # type: ignore[list-item]
        recorder.error = None
        assert (await committer.submit(["b"]))[0].status == "stored"  # type: ignore[list-item]
        await asyncio.to_thread(committer.stop)

    asyncio.run(scenario())


def test_too_much_waiting_is_refused_at_once() -> None:
    async def scenario() -> None:
        committer = GroupCommitter(Recorder())
        committer.start()
        with pytest.raises(Overloaded):
            await committer.submit(["x"] * (MAX_WAITING + 1))  # type: ignore[list-item]
        await asyncio.to_thread(committer.stop)

    asyncio.run(scenario())


def test_stop_stores_what_is_waiting() -> None:
    recorder = Recorder()

    async def scenario() -> Outcome:
        committer = GroupCommitter(recorder)
        committer.start()
        waiting = asyncio.create_task(committer.submit(["last"]))  # type: ignore[list-item]
        await asyncio.sleep(0.02)
        stopper = asyncio.create_task(asyncio.to_thread(committer.stop))
        recorder.leave.set()
        await stopper
        return (await waiting)[0]

    assert asyncio.run(scenario()).status == "stored"


def test_a_store_that_refuses_is_remembered_until_it_takes_reports_again() -> None:
    recorder = Recorder()
    recorder.error = OperationalError("INSERT", {}, Exception("database or disk is full"))
    recorder.leave.set()

    async def scenario() -> None:
        committer = GroupCommitter(recorder)
        committer.start()
        with pytest.raises(OperationalError):
            await committer.submit(["a"])  # type: ignore[list-item]
        assert committer.failing_since is not None
        recorder.error = None
        await committer.submit(["b"])  # type: ignore[list-item]
        assert committer.failing_since is None
        await asyncio.to_thread(committer.stop)

    asyncio.run(scenario())
