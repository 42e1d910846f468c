"""When collectors were listening."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from inventory.domain.contact import seconds
from inventory.store import beats
from inventory.store.engine import Store
from inventory.store.tables import CollectorBeat

START = datetime(2026, 11, 16, tzinfo=UTC)


def at(second: float) -> datetime:
    return START + timedelta(seconds=second)


def test_a_life_is_one_row_and_a_restart_begins_another(store: Store) -> None:
    for second in (0, 15, 30, 30, 20, 75):
        beats.beat(store, "one", at(second))
    beats.beat(store, "one", at(121))

    with store.session() as session:
        rows = session.exec(select(CollectorBeat).order_by(CollectorBeat.from_at)).all()  # type: ignore[arg-type]
        assert [(row.from_at, row.to_at) for row in rows] == [(at(0), at(75)), (at(121), at(121))]
        assert beats.gaps(session, at(0), at(130)) == [(at(75), at(121))]


def test_another_collector_fills_the_gap(store: Store) -> None:
    for instance, seconds_on in (("one", range(0, 100, 15)), ("two", range(80, 300, 15)), ("one", range(250, 400, 15))):
        for second in seconds_on:
            beats.beat(store, instance, at(second))

    with store.session() as session:
        assert beats.gaps(session, at(-1000), at(400)) == []
        assert beats.first_beat(session) == at(0)
        assert beats.up_intervals(session, at(50), at(350)) == [(at(50), at(350))]


def test_a_collector_that_has_just_beaten_is_up_and_one_that_has_not_is_down(store: Store) -> None:
    for second in range(0, 100, 15):
        beats.beat(store, "one", at(second))

    with store.session() as session:
        assert beats.gaps(session, at(0), at(135)) == []
        assert beats.gaps(session, at(0), at(136)) == [(at(90), at(136))]


def test_before_the_first_beat_there_is_no_downtime(store: Store) -> None:
    with store.session() as session:
        assert beats.gaps(session, at(0), at(1000)) == []
        assert beats.up_intervals(session, at(0), at(1000)) == []
    beats.beat(store, "one", at(500))
    with store.session() as session:
        assert beats.gaps(session, at(0), at(400)) == []
        assert beats.gaps(session, at(0), at(600)) == [(at(500), at(600))]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 200), max_size=25))
def test_downtime_is_what_lies_between_beats_too_far_apart(steps: list[int]) -> None:
    import tempfile
    from pathlib import Path

    from inventory.store.engine import open_store
    from tests import need

    with tempfile.TemporaryDirectory() as folder:
        opened = open_store(need.sqlite_copy(Path(folder)))
        moment, lost = 0, 0
        beats.beat(opened, "one", at(0))
        for step in steps:
            moment += step
            beats.beat(opened, "one", at(moment))
            lost += step if step > beats.PAUSE.total_seconds() else 0
        with opened.session() as session:
            assert seconds(beats.gaps(session, at(0), at(moment))) == lost
        opened.close()
