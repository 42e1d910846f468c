from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, Dict, Optional

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent import host_linux
from agent.host import Host, RawHealth
from agent.probe import ProbeContext
from agent.probes import PROBES, storage, storage_smartctl
from agent.probes.storage_smart import Health, ata_health, emmc_health, nvme_health, parse_attributes, wear_of
from agent.probes.storage_windows import judge
from agent.runner import judge as run_probe
from agent.wire.sections import DiskInfo
from tests.agent import machines
from tests.agent.disk_pages import SMARTCTL, attributes, nvme_log, prediction, summed, thresholds

ROWS = {5: (100, 8), 9: (55, 33_210), 197: (100, 2), 198: (100, 0)}
LIMITS = {5: 36, 9: 0, 197: 0}
HDD, SSD = "ST500DM002-1BD142", "INTEL SSDSC2BW240A4"


def test_figures_of_a_hard_disk() -> None:
    health = ata_health(attributes(ROWS), thresholds(LIMITS), b"", HDD, True)

    assert health == Health("smart", "ok", 33_210, None, 8, 2)


def test_an_attribute_below_its_limit_is_failing() -> None:
    health = ata_health(attributes({5: (36, 40_000)}), thresholds(LIMITS), b"", HDD, True)

    assert (health.health, health.reallocated) == ("failing", 40_000)


def test_age_below_its_limit_is_no_failure() -> None:
    """Only attributes that announce a failure count; others merely tell of age."""
    assert ata_health(attributes({9: (1, 70_000)}), thresholds({9: 20}), b"", HDD, True).health == "ok"


def test_without_limits_the_disk_has_said_nothing() -> None:
    assert ata_health(attributes(ROWS), b"", b"", HDD, True).health == ""


@pytest.mark.parametrize(("failing", "health"), [(True, "failing"), (False, "ok")])
def test_prediction_of_the_driver(failing: bool, health: str) -> None:
    assert ata_health(b"", b"", prediction(failing), HDD, True) == Health("predict_failure", health)


def test_prediction_carries_the_attributes_along() -> None:
    """What Windows tells an ordinary user."""
    health = ata_health(b"", b"", prediction(False, attributes(ROWS)), HDD, True)

    assert health == Health("smart", "ok", 33_210, None, 8, 2)


def test_a_page_that_does_not_add_up_is_no_answer() -> None:
    page = attributes(ROWS)

    assert parse_attributes(page[:100] + b"\x55" + page[101:]) == {}
    assert parse_attributes(b"\x00" * 512) == {}
    assert not ata_health(page[:511], b"", b"", HDD, True).says_something


@pytest.mark.parametrize(
    ("raw", "model", "hours"),
    [
        (0x5D5B_00001F3A, "ST3500418AS", 0x1F3A),  # other counts above the low four bytes
        (1_900_000, "WDC WD800JD", None),  # 216 years
        (33_000, "Maxtor 6Y080L0", None),  # counts minutes
        (33_000, "SAMSUNG SP0812C", None),  # half minutes
        (33_000, "SAMSUNG HD502HJ", 33_000),
        (0, "KINGSTON SV300", 0),
    ],
)
def test_power_on_hours(raw: int, model: str, hours: Optional[int]) -> None:
    assert ata_health(attributes({9: (50, raw)}), b"", b"", model, True).power_on_hours == hours


def test_other_counts_behind_the_reallocated_sectors_are_left_out() -> None:
    assert ata_health(attributes({5: (100, 0x0012_0003_0007)}), b"", b"", HDD, True).reallocated == 7


@pytest.mark.parametrize(
    ("model", "values", "rotational", "wear"),
    [
        ("INTEL SSDSC2BW240A4", {233: 93}, False, 7),
        ("Samsung SSD 850 EVO 250GB", {177: 88}, False, 12),
        ("SAMSUNG MZ7LN256HMJP", {177: 99}, False, 1),
        ("Crucial_CT240M500SSD1", {202: 60}, False, 40),
        ("CT500MX500SSD1", {202: 100}, False, 0),
        ("KINGSTON SA400S37240G", {231: 92}, False, 8),
        ("KINGSTON SA400S37240G", {231: 92}, None, 8),
        ("KINGSTON SA400S37240G", {231: 0}, False, None),  # worn out, or not kept: nobody knows
        ("KINGSTON SA400S37240G", {231: 253}, False, None),
        ("KINGSTON SA400S37240G", {177: 50}, False, None),  # another maker's attribute
        ("NoName SSD 120GB", {231: 50, 233: 50, 177: 50, 202: 50}, False, None),
        ("ST9500325AS", {231: 50}, True, None),  # a temperature there
        ("Samsung SSD 850", {}, False, None),
    ],
)
def test_wear_is_told_only_where_the_attribute_is_sure(
    model: str, values: Dict[int, int], rotational: Optional[bool], wear: Optional[int]
) -> None:
    assert wear_of(values, model, rotational) == wear


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (nvme_log(used=4, hours=6021), Health("nvme", "ok", 6021, 4)),
        (nvme_log(used=117, hours=50), Health("nvme", "ok", 50, 117)),  # the rated writes are used up, it works
        (nvme_log(warning=1, spare=3), Health("nvme", "failing", 0, 0)),
        (nvme_log(warning=4), Health("nvme", "failing", 0, 0)),
        (nvme_log(warning=8), Health("nvme", "failing", 0, 0)),
        (nvme_log(warning=2), Health("nvme", "warning", 0, 0)),
        (nvme_log(hours=10**12), Health("nvme", "ok", None, 0)),
        (b"\x00" * 512, Health()),
        (b"\xff" * 512, Health()),
        (nvme_log()[:511], Health()),
        (b"", Health()),
    ],
)
def test_nvme(page: bytes, expected: Health) -> None:
    assert nvme_health(page) == expected


@pytest.mark.parametrize(
    ("life", "end", "expected"),
    [
        ("0x01 0x01\n", "0x01\n", Health("emmc", "ok", wear_percent=10)),
        ("0x02 0x05\n", "0x02\n", Health("emmc", "warning", wear_percent=50)),
        ("0x0b 0x01\n", "0x03\n", Health("emmc", "failing", wear_percent=110)),
        ("0x00 0x00\n", "0x00\n", Health()),
        ("", "", Health()),
        ("0xff nonsense", "7", Health()),
    ],
)
def test_emmc(life: str, end: str, expected: Health) -> None:
    assert emmc_health(life, end) == expected


def _smartctl(name: str, model: str = "", rotational: Optional[bool] = None, **changes: Any) -> Health:
    return storage_smartctl.parse(json.dumps({**SMARTCTL[name], **changes}).encode(), model, rotational)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("hdd", Health("smartctl", "ok", 33_210, None, 8, 2)),
        ("dying", Health("smartctl", "failing", None, None, 64_000, None)),
        ("past", Health("smartctl", "warning", None, None, 20, None)),
        ("ssd", Health("smartctl", "ok", 9120, 8)),
        ("unknown ssd", Health("smartctl", "ok")),
        ("nvme", Health("smartctl", "ok", 6021, 4)),
        ("asleep", Health()),
        ("refused", Health()),
    ],
)
def test_smartctl(name: str, expected: Health) -> None:
    assert _smartctl(name) == expected


def test_smartctl_of_an_unknown_model_is_read_by_our_own_rules() -> None:
    table = {"table": [{"id": 233, "name": "Unknown_SSD_Attribute", "value": 81, "raw": {"value": 0}}]}

    assert _smartctl("unknown ssd", ata_smart_attributes=table, model_name=SSD).wear_percent == 19


def test_two_lives_that_differ_are_none() -> None:
    rows = [
        {"id": 231, "name": "SSD_Life_Left", "value": 90, "raw": {"value": 1}},
        {"id": 202, "name": "Percent_Lifetime_Remain", "value": 40, "raw": {"value": 1}},
    ]

    assert _smartctl("ssd", ata_smart_attributes={"table": rows}).wear_percent is None


def test_newer_smartctl_tells_the_wear_itself() -> None:
    assert _smartctl("unknown ssd", endurance_used={"current_percent": 33}).wear_percent == 33


ODD_ANSWERS = (
    b"", b"null", b"[]", b"{", b"[" * 100_000, b"9" * 200_000, b'{"smartctl": 7}', b'{"smart_status": [true]}',
    b'{"power_on_time": {"hours": "12"}}', b'{"power_on_time": {"hours": 1e400}}', b"\xff\xfe{}",
    b'{"ata_smart_attributes": {"table": [[], 7, {"id": true}, {"id": 5, "raw": {"value": -1}}]}}',
)  # fmt: skip


@pytest.mark.parametrize("out", ODD_ANSWERS, ids=range(len(ODD_ANSWERS)))
def test_other_answers_of_smartctl_say_nothing(out: bytes) -> None:
    assert not storage_smartctl.parse(out, "X", None).says_something
    assert isinstance(storage_smartctl.complaint(out), str)


def test_a_usb_bridge_that_smartctl_does_not_know_is_asked_the_common_way() -> None:
    host = machines.load("vm-without-dmi")
    asked = []

    def run(argv: Any, timeout_s: float) -> Any:
        asked.append(list(argv))
        known = "sat" in argv
        text = json.dumps(SMARTCTL["hdd"]) if known else "/dev/sdb: Unknown USB bridge [0x152d:0x0578 (0x209)]"
        return machines.CommandResult(known, text.encode())

    host.run = run  # type: ignore[method-assign]

    health = storage_smartctl.ask(ProbeContext(host), "smartctl", "/dev/sdb", "", None)

    assert health.power_on_hours == 33_210
    assert asked[1] == ["smartctl", "--json=c", "-i", "-H", "-A", "-n", "standby", "-d", "sat", "/dev/sdb"]


def test_windows_takes_the_better_answer() -> None:
    ata = prediction(False, attributes(ROWS))

    assert judge(RawHealth(ata, b"", b"", nvme_log(used=9, hours=70)), DiskInfo()).source == "nvme"
    assert judge(RawHealth(ata, b"", b"", b"\x00" * 512), DiskInfo()).source == "smart"
    assert judge(RawHealth(), DiskInfo()) == Health()


@pytest.mark.parametrize(
    "disk", [DiskInfo(model="Msft Virtual Disk", bus="sas"), DiskInfo(model="VBOX HARDDISK"), DiskInfo(bus="virtio")]
)
def test_a_disk_that_is_a_file_has_no_health(disk: DiskInfo) -> None:
    assert storage.is_virtual(disk)


def test_what_changes_is_rounded() -> None:
    row = storage.describe(DiskInfo(), Health("smart", "ok", 33_299))

    assert row.power_on_hours == 33_200


def test_this_machine() -> None:
    """A real run: whatever disks are here, nothing fails, and the root file system is among the volumes."""
    if sys.platform != "linux" or not os.path.exists("/proc/self/mounts"):
        pytest.skip("not Linux")
    result = run_probe(PROBES["storage"], ProbeContext(Host()))

    assert result.status in ("ok", "no_data"), result.error
    volumes = {row["mount"]: row for row in (result.data or {}).get("volumes", ())}
    if "/" in volumes:
        assert volumes["/"]["is_system"] is True
        assert 0 <= volumes["/"]["free_bytes"] <= volumes["/"]["size_bytes"]
        assert volumes["/"]["free_bytes"] % storage.FREE_STEP == 0


def test_a_disk_that_is_not_there_or_no_disk_gives_no_answer(tmp_path: Path) -> None:
    assert host_linux.disk_health("no-such-disk") == (b"", b"", b"")
    assert host_linux.disk_health("null") == (b"", b"", b"")
    assert Host(str(tmp_path), "linux").disk_health("sda") == RawHealth()


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=600), st.binary(max_size=512), st.binary(max_size=520), st.booleans())
def test_any_pages_are_survived(page: bytes, limits: bytes, predicted: bytes, right: bool) -> None:
    if right:
        page, limits = summed(page.ljust(512, b"\x00")), summed(limits.ljust(512, b"\x00"))
    health = judge(RawHealth(predicted, page, limits, page), DiskInfo(model=SSD))

    assert health.health in ("", "ok", "warning", "failing")
    assert health.wear_percent is None or 0 <= health.wear_percent <= 255
