"""Records of scans and the networks of a site, on both engines."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inventory.store.engine import Store
from inventory.store.scan_lists import SORTS, ScanFilter, list_scans, networks_of, scan_totals
from inventory.store.scope import NOTHING, Scope
from inventory.store.tables import Agent, Lan
from tests.collector import network, province

NOW = network.NOW


@pytest.fixture
def scanned(store: Store) -> Store:
    province.fill(store)
    with store.session() as session:
        network.fill(session)
    return store


def test_totals_are_those_of_the_rows(scanned: Store) -> None:
    filters = [
        ScanFilter(),
        ScanFilter(site_id=1),
        ScanFilter(kind="sweep"),
        ScanFilter(stopped="any"),
        ScanFilter(words="vĩnh sơn"),
        ScanFilter(from_at=NOW - timedelta(hours=1), to_at=NOW),
        ScanFilter(sample="yes"),
        ScanFilter(scope=NOTHING),
        ScanFilter(scope=Scope("unit", province.PLEIKU, frozenset({province.PLEIKU}))),
    ]
    with scanned.reading() as session:
        for wanted in filters:
            rows = list_scans(session, wanted, limit=None)
            totals = scan_totals(session, wanted)
            assert totals.scans == len(rows)
            assert totals.frames == sum(row.scan.frames for row in rows)
            assert totals.seconds == pytest.approx(sum(row.scan.duration_s for row in rows))
            assert totals.sites == len({row.scan.site_id for row in rows})
            assert totals.stopped == sum(bool(row.scan.stopped) for row in rows)


@pytest.mark.parametrize("sort", SORTS)
def test_every_sort_pages_through_every_row(scanned: Store, sort: str) -> None:
    with scanned.reading() as session:
        found = [list_scans(session, ScanFilter(), sort, offset=at, limit=1)[0].scan.id for at in range(4)]
        with pytest.raises(ValueError, match="is not one of"):
            list_scans(session, ScanFilter(), "colour")
    assert len(set(found)) == 4


def test_who_scanned_is_named_as_far_as_known(scanned: Store) -> None:
    with scanned.reading() as session:
        rows = list_scans(session, ScanFilter())
    assert [(row.hostname, row.machine_id) for row in rows] == [("VS-01", 1)] * 3 + [("", None)]


def test_networks_with_their_scanner_or_the_reason_why_there_is_none(scanned: Store) -> None:
    with scanned.reading() as session:
        held, free = networks_of(session, 1, NOW)[0], networks_of(session, 2, NOW)[0]
        late = networks_of(session, 1, NOW + timedelta(days=1))[0]
    assert held.scanner is not None
    assert (held.scanner.hostname, held.members, held.offs) == ("VS-01", 1, ())
    assert late.scanner is None  # the lease is over
    assert (free.scanner, free.members, free.offs) == (None, 1, ("local_switch",))


def test_a_network_that_nobody_stands_on_comes_last(scanned: Store) -> None:
    with scanned.session() as session:
        session.add(Lan(site_id=1, key="net:10.0.0.0/24", network="10.0.0.0/24", first_seen_at=NOW, last_seen_at=NOW))
        gone = session.get_one(Agent, network.SCANNER)
        gone.hostname = ""
    with scanned.reading() as session:
        rows = networks_of(session, 1, NOW)
    assert [(row.lan.network, row.members) for row in rows] == [("192.168.1.0/24", 1), ("10.0.0.0/24", 0)]
