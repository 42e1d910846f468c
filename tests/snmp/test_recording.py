"""The text form of a device, and the device that answers from it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.snmp.recording import RecordedDevice, RecordingError, parse
from agent.snmp.values import arcs

TEXT = """# a comment
1.3.6.1.2.1.1.1.0|4|Acme | with a bar
1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.4711.1
.1.3.6.1.2.1.1.3.0|67|12345
1.3.6.1.2.1.1.5.0|4x|41636d65
1.3.6.1.2.1.4.20.1.1.10.0.0.1|64|10.0.0.1
1.3.6.1.2.1.4.20.1.2.10.0.0.1|64x|0A000002
1.3.6.1.2.1.2.2.1.5.2|66|1000
1.3.6.1.2.1.2.2.1.5.10|70|18446744073709551615

1.3.6.1.2.1.2.2.1.8.1|2|-1
"""


def test_every_type() -> None:
    rows = parse(TEXT)

    assert rows["1.3.6.1.2.1.1.1.0"] == (4, b"Acme | with a bar")
    assert rows["1.3.6.1.2.1.1.2.0"] == (6, "1.3.6.1.4.1.4711.1")
    assert rows["1.3.6.1.2.1.1.3.0"] == (67, 12345)
    assert rows["1.3.6.1.2.1.1.5.0"] == (4, b"Acme")
    assert rows["1.3.6.1.2.1.4.20.1.1.10.0.0.1"] == (64, "10.0.0.1")
    assert rows["1.3.6.1.2.1.4.20.1.2.10.0.0.1"] == (64, "10.0.0.2")
    assert rows["1.3.6.1.2.1.2.2.1.5.10"] == (70, 2**64 - 1)
    assert rows["1.3.6.1.2.1.2.2.1.8.1"] == (2, -1)


@pytest.mark.parametrize(
    "line", ["1.3|4", "1.3|9|x", "1.x|4|y", "1.3|2|two", "1.3|4x|zz", "1.3|64|10.0.0", "|4|x", "1.3|6|"]
)
def test_a_wrong_line_is_named(line: str) -> None:
    with pytest.raises(RecordingError) as caught:
        parse("1.2|2|1\n" + line)

    assert "line 2" in str(caught.value)


def test_it_answers_in_the_order_of_numbers_not_of_texts() -> None:
    device = RecordedDevice(parse(TEXT))

    reply = device.request("bulk", ["1.3.6.1.2.1.2.2.1.5"], 3)

    assert reply is not None
    assert [oid for oid, _ in reply.rows] == [
        "1.3.6.1.2.1.2.2.1.5.2",
        "1.3.6.1.2.1.2.2.1.5.10",
        "1.3.6.1.2.1.2.2.1.8.1",
    ]


def test_the_end_of_the_view_and_unknown_objects_are_none() -> None:
    device = RecordedDevice(parse(TEXT))
    last = "1.3.6.1.2.1.4.20.1.2.10.0.0.1"

    following, unknown = device.request("next", [last]), device.request("get", [last + ".1"])

    assert following is not None and following.rows == ((last, None),)
    assert unknown is not None and unknown.rows == ((last + ".1", None),)


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_a_recording_or_a_recording_error(text: str) -> None:
    try:
        rows = parse(text)
    except RecordingError as error:
        assert "line" in str(error)  # noqa: PT017
    else:
        assert all(arcs(oid) for oid in rows)


@settings(deadline=None)
@given(st.lists(st.tuples(st.lists(st.integers(0, 3), min_size=1, max_size=4), st.integers(-9, 9)), max_size=12))
def test_a_walk_sees_every_row_once(items: "list[tuple[list[int], int]]") -> None:
    rows = {".".join(str(arc) for arc in oid): (2, value) for oid, value in items}
    device, at, seen = RecordedDevice({key: (tag, value) for key, (tag, value) in rows.items()}), "0", []
    first = device.request("get", ["0"])
    while True:
        reply = device.request("next", [at])
        assert reply is not None
        at, value = reply.rows[0]
        if value is None:
            break
        seen.append(at)

    assert first is not None
    assert sorted(seen) == sorted(oid for oid in rows if oid != "0")
