"""The sweep itself, on a LAN in memory: how many questions, how fast, how many devices found, when it stops."""

from __future__ import annotations

from collections import Counter
from typing import List

import pytest

from agent.scan.door import Heard
from agent.scan.loss import Loss
from agent.scan.sweep import CHECK_EVERY, MAX_TRIES

from .virtual import OWN_MAC, KernelLan, VirtualLan, mac_of

NOBODY = "10.9.8.200"


def gaps(lan: VirtualLan) -> List[float]:
    times = [at for at, _ in lan.asked]
    return [later - earlier for earlier, later in zip(times, times[1:])]


def test_a_healthy_lan_is_asked_twice_and_found_whole() -> None:
    lan = VirtualLan(60)

    outcome = lan.sweep(gap_ms=30)

    assert set(outcome.hosts) == set(lan.hosts)
    assert {seen.passes for seen in outcome.hosts.values()} == {2}
    assert (outcome.stopped, outcome.addresses, outcome.tries) == ("", 253, 2)
    assert 506 <= outcome.frames <= 515
    assert max(Counter(address for _, address in lan.asked).values()) <= 8  # the gateway's checks
    assert 13 <= outcome.duration_s <= 25


@pytest.mark.parametrize(("gap_ms", "least"), [(30, 0.030), (1, 0.025), (50, 0.050), (1000, 0.050)])
def test_the_gap_is_kept_between_any_two_frames(gap_ms: float, least: float) -> None:
    lan = VirtualLan(20)

    lan.sweep(gap_ms=gap_ms)

    assert min(gaps(lan)) >= least - 1e-9


def test_the_order_is_random_and_new_in_each_pass() -> None:
    lan = VirtualLan(5)

    lan.sweep()

    order = [address for _, address in lan.asked]
    order = [address for address in order if address != lan.network.gateway]
    first, second = order[:252], order[252:504]
    assert first != sorted(first, key=lambda address: int(address.rsplit(".", 1)[1]))
    assert first != second
    assert sum(int(b.rsplit(".", 1)[1]) - int(a.rsplit(".", 1)[1]) == 1 for a, b in zip(first, first[1:])) < 10


def test_only_addresses_of_the_network_are_asked_and_never_our_own() -> None:
    lan = VirtualLan(5)

    lan.sweep()

    assert {address for _, address in lan.asked} == set(lan.everybody)
    assert not {"10.9.8.0", "10.9.8.255", "10.9.8.250"} & set(lan.everybody)


def test_a_lan_that_loses_a_fifth_each_way_is_found_whole_on_its_first_sweep() -> None:
    """A question and its answer get through with 0.64. Two passes would find 52 of 60."""
    whole, frames = 0, []
    for seed in range(60):
        lan = VirtualLan(60, loss=0.2, seed=seed)
        outcome = lan.sweep(gap_ms=30)
        whole += set(outcome.hosts) == set(lan.hosts)
        frames.append(outcome.frames)
        assert outcome.stopped == ""
        assert min(gaps(lan)) >= 0.030 - 1e-9

    assert whole >= 59
    assert max(frames) < 3500


def test_a_lan_that_is_known_costs_little_more_however_much_it_loses() -> None:
    whole, frames = 0, []
    for seed in range(60):
        lan = VirtualLan(60, loss=0.2, seed=seed)
        outcome = lan.sweep(gap_ms=30, known=frozenset(lan.hosts))
        whole += set(outcome.hosts) == set(lan.hosts)
        frames.append(outcome.frames)

    assert whole >= 59
    assert sorted(frames)[30] < 1100


def test_one_lost_answer_does_not_make_a_sweep_endless() -> None:
    lan = VirtualLan(60, seed=4)
    asked_before = lan.ask
    sleeper = lan.hosts[7]

    def ask(address: str) -> None:  # a telephone that sleeps through the first pass
        lan.gone = {sleeper} if len(lan.asked) < 253 else set()
        asked_before(address)

    lan.ask = ask  # type: ignore[method-assign]
    outcome = lan.sweep()

    assert sleeper in outcome.hosts
    assert outcome.tries <= 4


def test_addresses_seen_lately_get_a_third_question_others_do_not() -> None:
    lan = VirtualLan(10)

    outcome = lan.sweep(known=frozenset({NOBODY, *lan.hosts}) - {lan.hosts[3]})

    counts = Counter(address for _, address in lan.asked)
    assert counts[NOBODY] == 3
    assert max(counts[address] for address in lan.everybody if address not in {NOBODY, "10.9.8.1"}) == 2
    assert NOBODY not in outcome.hosts


def test_a_device_in_the_system_s_arp_table_counts_as_seen_lately_but_not_as_there() -> None:
    lan = VirtualLan(10)
    lan.arp_table = {NOBODY: mac_of(NOBODY)}

    outcome = lan.sweep()

    assert Counter(address for _, address in lan.asked)[NOBODY] == 3
    assert NOBODY not in outcome.hosts


def test_a_device_that_is_only_overheard_is_there_with_no_passes() -> None:
    lan = VirtualLan(10)
    lan.speak(Heard(NOBODY, mac_of(NOBODY), False), 0.5)

    outcome = lan.sweep(listen_s=2.0)

    assert outcome.hosts[NOBODY].passes == 0
    assert min(at for at, _ in lan.asked) >= 1002.0, "first it only listens"


def test_the_gateway_is_watched_and_its_silence_ends_the_scan_early() -> None:
    lan = VirtualLan(60)
    lan.gateway_dies_after = 100

    outcome = lan.sweep()

    assert outcome.stopped == "gateway_lost"
    assert outcome.started_asking
    assert outcome.frames <= 100 + 2 * CHECK_EVERY + lan.check_tries


def test_a_gateway_that_is_silent_before_the_scan_keeps_it_from_beginning() -> None:
    lan = VirtualLan(60)
    lan.gone = {lan.network.gateway}

    outcome = lan.sweep()

    assert (outcome.stopped, outcome.started_asking, outcome.frames) == ("gateway_lost", False, lan.check_tries)


def test_loss_alone_is_not_taken_for_a_lost_gateway() -> None:
    stopped = [VirtualLan(30, loss=0.2, seed=seed).sweep().stopped for seed in range(100)]

    assert stopped.count("gateway_lost") <= 1


def test_a_busy_driver_ends_the_scan_at_once() -> None:
    lan = VirtualLan(60)
    lan.busy_after = 40

    outcome = lan.sweep()

    assert (outcome.stopped, outcome.frames) == ("driver_busy", 40)


@pytest.mark.parametrize("reason", ["lease_over", "switched_off", "deadline"])
def test_a_reason_to_stop_is_obeyed_within_one_gap(reason: str) -> None:
    lan = VirtualLan(60)

    outcome = lan.sweep(watch=lambda: reason if lan.now_s >= 1003.0 else "")

    assert outcome.stopped == reason
    assert lan.asked[-1][0] < 1003.0
    assert lan.now_s < 1003.3
    assert 0 < len(outcome.hosts) < 60


def test_the_cap_on_frames_is_never_passed() -> None:
    lan = VirtualLan(60, loss=0.5)

    outcome = lan.sweep(max_frames=700)

    assert outcome.stopped == "daily_cap"
    assert outcome.frames <= 700


def test_no_address_is_asked_more_often_than_the_bound_however_bad_the_line() -> None:
    lan = VirtualLan(40, loss=0.45, seed=5)

    lan.sweep(gap_ms=25, max_frames=100000)

    silent = Counter(address for _, address in lan.asked if address not in lan.hosts)
    assert max(silent.values()) <= MAX_TRIES


def test_two_cards_with_one_address_are_told() -> None:
    lan = VirtualLan(10)
    twice = lan.hosts[4]
    lan.macs[twice].append("02:5e:00:00:00:99")

    outcome = lan.sweep()

    assert outcome.clashes == {twice: {mac_of(twice), "02:5e:00:00:00:99"}}


def test_somebody_with_this_pc_s_own_address_is_told() -> None:
    lan = VirtualLan(10)
    lan.speak(Heard("10.9.8.250", "02:5e:00:00:00:98", False), 0.1)
    lan.speak(Heard("10.9.8.250", OWN_MAC, False), 0.2)

    outcome = lan.sweep(listen_s=1.0)

    assert outcome.clashes == {"10.9.8.250": {OWN_MAC, "02:5e:00:00:00:98"}}
    assert "10.9.8.250" not in outcome.hosts


def test_claims_of_other_networks_and_group_addresses_are_not_listened_to() -> None:
    lan = VirtualLan(10)
    for heard in (
        Heard("192.168.99.9", "02:5e:00:00:00:97", False),
        Heard(NOBODY, "ff:ff:ff:ff:ff:ff", True),
        Heard(NOBODY, "01:00:5e:00:00:01", True),
        Heard(NOBODY, "00:00:00:00:00:00", True),
        Heard("10.9.8.255", "02:5e:00:00:00:97", False),
    ):
        lan.speak(heard, 0.1)

    outcome = lan.sweep(listen_s=1.0)

    assert set(outcome.hosts) == set(lan.hosts)


def test_a_recheck_asks_known_addresses_only_and_cheaply() -> None:
    lan = VirtualLan(20)
    known = [*lan.hosts, NOBODY]

    outcome = lan.sweep(kind="recheck", addresses=known, known=frozenset(known))

    assert set(outcome.hosts) == set(lan.hosts)
    assert Counter(address for _, address in lan.asked)[NOBODY] == 3
    assert outcome.frames <= 20 + 3 + 5


def test_with_one_pass_in_the_policy_nobody_unknown_is_asked_twice() -> None:
    lan = VirtualLan(10)

    lan.sweep(passes=1)

    counts = Counter(address for _, address in lan.asked if address != lan.network.gateway)
    assert set(counts.values()) == {1}


def test_the_kernel_s_own_repeats_count_as_frames_and_slow_the_questions() -> None:
    lan = KernelLan(60)

    outcome = lan.sweep(gap_ms=30)

    assert set(outcome.hosts) == set(lan.hosts)
    assert min(gaps(lan)) >= 0.090 - 1e-9
    assert len(lan.asked) <= 253 + 3


def test_the_kernel_s_answers_tell_the_loss_too() -> None:
    whole = 0
    for seed in range(40):
        lan = KernelLan(60, loss=0.2, seed=seed)
        outcome = lan.sweep()
        whole += set(outcome.hosts) == set(lan.hosts)
        assert 0.2 <= outcome.loss <= 0.6

    assert whole >= 39


def test_loss_is_judged_from_devices_that_are_there() -> None:
    loss = Loss()
    for number in range(100):
        loss.note(number % 4 != 0)

    assert 0.25 < loss.share() < 0.32
    assert loss.expected_missed(60, 2) > 1 > loss.expected_missed(60, 6)
    assert Loss().expected_missed(60, 2) < 0.05
