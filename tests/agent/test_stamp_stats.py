"""The arithmetic of a train, on numbers that can be worked out by hand."""

from __future__ import annotations

from typing import List, Optional

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.quality.stamp_stats import Answer, evaluate, percentile, rfc3550

MS = 1_000_000


def answers(there_ms: List[float], back_ms: List[float], offset_ms: float = 0.0, own_ms: float = 0.0) -> List[Answer]:
    """A train of one packet every 20 ms; the reflector's clock is `offset_ms` ahead and it keeps each for `own_ms`."""
    rows = []
    for seq, there in enumerate(there_ms):
        back, sent = back_ms[seq], seq * 20 * MS
        received = sent + int((there + offset_ms) * MS)
        left = received + int(own_ms * MS)
        rows.append(Answer(seq, sent, received, left, sent + int((there + own_ms + back) * MS), seq, 57))
    return rows


def test_round_trip_needs_no_common_clock_and_leaves_the_reflector_s_own_time_out() -> None:
    figures = evaluate(answers([5, 7, 6], [10, 10, 13], offset_ms=-3.6e6, own_ms=2.5), 3, True)

    assert (figures.rtt_min_ms, figures.rtt_median_ms, figures.rtt_p95_ms) == (15.0, 17.0, 19.0)
    assert (figures.lost_forward, figures.lost_backward, figures.ttl_forward) == (0, 0, 57)


def test_jitter_and_ipdv_tell_the_directions_apart() -> None:
    figures = evaluate(answers([5, 9, 5, 9, 5], [3, 3, 3, 3, 3], offset_ms=1e7), 5, True)

    assert (figures.ipdv_forward_p95_ms, figures.ipdv_backward_p95_ms, figures.ipdv_p95_ms) == (4.0, 0.0, 4.0)
    assert figures.jitter_backward_ms == 0.0
    assert figures.jitter_ms == figures.jitter_forward_ms == round(4 * (1 - (15 / 16) ** 4), 3)


def test_a_steady_line_has_no_jitter() -> None:
    assert rfc3550([7, 7, 7]) == rfc3550([]) == 0


def test_ipdv_is_taken_over_neighbours_only() -> None:
    rows = answers([5, 5, 50, 5], [1, 1, 1, 1])

    figures = evaluate([rows[0], rows[1], rows[3]], 4, False)

    assert figures.ipdv_forward_p95_ms == 0.0


def lossy(sent: int, drop_forward: List[int], drop_backward: List[int]) -> List[Answer]:
    """Packet numbers lost on the way there, and on the way back."""
    rows, arrived = [], 0
    for seq in range(sent):
        if seq in drop_forward:
            continue
        if seq not in drop_backward:
            rows.append(Answer(seq, seq * MS, seq * MS + 1, seq * MS + 2, seq * MS + 3, arrived))
        arrived += 1
    return rows


@given(st.integers(2, 40), st.sets(st.integers(0, 38)), st.sets(st.integers(0, 38)))
@settings(max_examples=80)
def test_the_counter_splits_loss_exactly_while_the_last_packet_came_back(sent, there, back) -> None:
    there, back = {n for n in there if n < sent - 1}, {n for n in back if n < sent - 1} - set(there)

    figures = evaluate(lossy(sent, list(there), list(back)), sent, True)

    assert (figures.lost_forward, figures.lost_backward) == (len(there), len(back))
    assert figures.packets_received == sent - len(there) - len(back)


def test_where_the_end_of_the_train_went_is_not_known() -> None:
    figures = evaluate(lossy(10, [9], []), 10, True)

    assert (figures.packets_received, figures.lost_forward, figures.lost_backward) == (9, None, None)


def test_a_foreign_reflector_that_only_copies_tells_no_direction() -> None:
    rows = [Answer(seq, 0, 1, 2, 3, seq) for seq in (0, 1, 3)]

    figures = evaluate(rows, 4, False)

    assert (figures.lost_forward, figures.lost_backward) == (None, None)
    assert evaluate(rows[:2], 2, False).lost_forward == 0, "nothing is lost: then it is known all the same"


def test_duplicates_do_not_hide_loss() -> None:
    twice_there = [Answer(0, 0, 1, 2, 3, 0), Answer(0, 0, 1, 2, 4, 1), Answer(2, 2, 3, 4, 5, 2)]
    twice_back = [Answer(0, 0, 1, 2, 3, 0), Answer(0, 0, 1, 2, 4, 0), Answer(2, 2, 3, 4, 5, 1)]

    for rows in (twice_there, twice_back):
        figures = evaluate(rows, 3, True)

        assert (figures.duplicates, figures.packets_received) == (1, 2)
        assert (figures.lost_forward, figures.lost_backward) == (1, 0)


def test_packets_that_overtake() -> None:
    rows = answers([1, 1, 1, 1], [1, 1, 1, 1])

    assert evaluate([rows[1], rows[0], rows[3], rows[2]], 4, True).reordered == 2


def test_nothing_came_back() -> None:
    figures = evaluate([], 60, True)

    assert (figures.packets_sent, figures.packets_received, figures.lost_forward) == (60, 0, None)
    assert figures.rtt_min_ms is None


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=50), st.sampled_from([0.5, 0.9, 0.95, 1.0]))
@settings(max_examples=50)
def test_nearest_rank(values: List[float], share: float) -> None:
    found: Optional[float] = percentile(values, share)

    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-6
    assert sum(value < found for value in values) < share * len(values) + 1e-6
