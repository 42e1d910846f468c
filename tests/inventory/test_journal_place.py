"""Where entries of a journal lie in true time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.domain.contact import Interval
from inventory.domain.journal_place import Placed, Run, Told, place

NOON = datetime(2026, 11, 16, 5, tzinfo=UTC)


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def told(begin_s: float, end_s: float, clock: datetime, before_min: float = 600) -> Told:
    """An entry whose PC's clock showed `clock` at its end."""
    return Told(begin_s, end_s, clock.timestamp(), after(before_min))


def test_the_zero_of_the_boot_places_an_entry_whatever_the_clock_says() -> None:
    years_off = datetime(2009, 1, 1, tzinfo=UTC)
    run = Run("b", zero_at=NOON, heard_to=after(300), offset_s=-5e8)

    found = place({"b": [told(600, 1200, years_off)]}, [run], {})

    assert found == {"b": [Placed(after(10), after(20), "boot")]}


def test_a_clock_with_the_same_error_before_and_after_places_a_boot_nobody_heard() -> None:
    before = Run("a", after(-600), after(-300), offset_s=3600.0)
    later = Run("c", after(120), after(200), offset_s=3610.0)
    entry = told(60, 660, after(31) + timedelta(hours=1), before_min=120)

    found = place({"b": [entry]}, [before, later], {})

    assert found["b"] == [Placed(after(21), after(31), "clock")]


def test_a_clock_that_is_another_one_after_each_boot_places_nothing() -> None:
    before = Run("a", after(-600), after(-300), offset_s=-5e8)
    later = Run("c", after(120), after(200), offset_s=-4e8)
    entry = told(60, 660, after(31) - timedelta(seconds=4.5e8), before_min=120)

    found = place({"b": [entry]}, [before, later], {})

    assert found["b"] == [Placed(after(110), after(120), "receipt")], "as late as it can have been"


def test_a_clock_that_would_put_it_under_another_boot_is_not_believed() -> None:
    other = Run("a", after(0), after(60), offset_s=0.0)
    entry = told(60, 660, after(30), before_min=90)

    assert place({"b": [entry]}, [other], {})["b"] == [Placed(after(80), after(90), "receipt")]


def test_a_clock_nobody_ever_compared_stands_alone_unless_it_is_impossible() -> None:
    good, ahead = told(60, 660, after(31)), told(60, 660, after(9000))

    assert place({"b": [good]}, [], {})["b"] == [Placed(after(21), after(31), "clock")]
    assert place({"b": [ahead]}, [], {})["b"] == [Placed(after(590), after(600), "receipt")]


def test_boots_of_unknown_time_stand_one_after_the_other() -> None:
    lost = datetime(1999, 1, 1, tzinfo=UTC)

    found = place({"a": [told(0, 600, lost)], "b": [told(0, 300, lost)]}, [], {"x": [(after(580), after(590))]})

    assert found["b"] == [Placed(after(595), after(600), "receipt")]
    assert found["a"] == [Placed(after(570), after(580), "receipt")]


def test_a_zero_that_lies_in_the_future_is_no_zero() -> None:
    run = Run("b", zero_at=after(1000), heard_to=after(1100))

    assert place({"b": [told(0, 60, after(30))]}, [run], {})["b"] == [Placed(after(29), after(30), "clock")]


_minutes = st.integers(-3000, 3000)
_seconds = st.integers(0, 200_000)


@st.composite
def _runs(draw: st.DrawFn) -> list[Run]:
    """Boots one after the other, as a PC has them; of some nothing is known."""
    marks = sorted(draw(st.lists(_minutes, min_size=0, max_size=8, unique=True)))
    offset = st.one_of(st.none(), st.sampled_from([0.0, 30.0, -5e8]))
    return [Run(f"k{at}", after(marks[at]), after(marks[at + 1]), draw(offset)) for at in range(0, len(marks) - 1, 2)]


@st.composite
def _entries(draw: st.DrawFn) -> list[Told]:
    marks = sorted(draw(st.lists(_seconds, min_size=2, max_size=8)))
    clocks = st.one_of(_minutes.map(after), st.just(datetime(2009, 1, 1, tzinfo=UTC)))
    before = draw(st.integers(-3000, 6000))
    return [
        Told(float(a), float(b), draw(clocks).timestamp(), after(before + at))
        for at, (a, b) in enumerate(zip(marks[::2], marks[1::2], strict=False))
    ]


def _overlap(one: Interval, other: Interval) -> bool:
    return max(one[0], other[0]) < min(one[1], other[1])


@settings(max_examples=120)
@given(_runs(), _entries(), _entries(), st.one_of(st.none(), _minutes), st.randoms(use_true_random=False))
def test_entries_stay_within_what_is_possible(runs, first, second, zero, random) -> None:  # type: ignore[no-untyped-def]
    own = [Run("own", after(zero))] if zero is not None else []
    journal = {"first": first, "own": second}

    found = place(journal, [*runs, *own], {})

    for boot_id, entries in journal.items():
        assert len(found[boot_id]) == len(entries)
        for entry, where in zip(entries, found[boot_id], strict=True):
            assert where.from_at <= where.to_at <= entry.before_at
            length = (where.to_at - where.from_at).total_seconds()
            assert length <= entry.to_monotonic_s - entry.from_monotonic_s + 1e-3
            for run in runs:
                assert run.zero_at and run.heard_to
                assert not _overlap((where.from_at, where.to_at), (run.zero_at, run.heard_to))
        moments = [where.from_at for where in found[boot_id]]
        assert moments == sorted(moments) or any(where.from_at == where.to_at for where in found[boot_id])
    random.shuffle(runs)
    assert place(journal, [*own, *runs], {}) == found, "the order in which boots are known does not matter"
    again = {boot_id: [(one.from_at, one.to_at) for one in placed] for boot_id, placed in found.items()}
    assert place(journal, [*runs, *own], again) == found, "telling it again changes nothing"
