"""Pages, files, API and commands about lines, services and meetings, over the small province."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import desc, select
from typer.testing import CliRunner

from collector import meeting_command, service_list
from collector.api import auth
from collector.cli import cli
from collector.i18n import line_words
from collector.ingest.policy import PolicyBook
from collector.opening import CommandError
from collector.settings import Settings
from collector.web.evidence import evidence_rows
from inventory.domain.policy import DEFAULT_POLICY
from inventory.domain.service import Service
from inventory.store.engine import Store, open_store
from inventory.store.line_quality import settle_lines
from inventory.store.service_faults import settle_services
from inventory.store.services import list_services, save_services
from inventory.store.tables import Audit, Line, LineTest, ServiceReach, Site
from tests.collector import province
from tests.collector.conftest import Browser
from tests.collector.service import service

NOW = province.NOW
BrowserOf = Callable[[str], Browser]
RUN = CliRunner()


@pytest.fixture
def measured(filled: Store) -> Store:
    """Site 1 is tested and slow to send; its services answer but for one, which nobody reaches."""
    with filled.session() as session:
        session.add(Line(site_id=1, kind="internet", down_mbps=100.0, up_mbps=100.0))
        number = 0
        for day in range(3):
            for minute in range(12):
                number += 1
                session.add(_test(number, "stamp", day, minute, None))
            for kind, mbps in (("ndt7_down", 92.0), ("ndt7_up", 0.9)):
                number += 1
                session.add(_test(number, kind, day, 30, mbps))
        save_services(session, [Service("Một cửa", "https://mc/", "Điều hành"), Service("Thư", "https://t/")], NOW)
        for site_id in (1, 2, 3):
            for name, ok in (("Một cửa", 8), ("Thư", 0)):
                session.add(ServiceReach(
                    site_id=site_id, service=name, day=date(2026, 11, 19), tries=8, ok=ok, offline=0, failed_dns=8 - ok,
                    failed_tcp=0, failed_http=0, latency_ms=0.0, last_at=NOW, last_error="" if ok else "nxdomain",
                ))  # fmt: skip
    settle_lines(filled, NOW)
    settle_services(filled, NOW)
    return filled


def _test(number: int, kind: str, day: int, minute: int, mbps: float | None) -> LineTest:
    return LineTest(
        agent_id="a" * 32, boot_id="b" * 32, test_id=number, site_id=1, kind=kind, placed="boot", received_at=NOW,
        at=NOW - timedelta(days=day, minutes=minute), outcome="ok", bytes_used=1_000_000, mbps=mbps, packets_sent=60,
        packets_received=60, lost_forward=0, lost_backward=0, rtt_median_ms=21.5, jitter_ms=2.0, link_class="fibre",
    )  # fmt: skip


def text_of(answer: object) -> str:
    assert getattr(answer, "status_code") == 200, getattr(answer, "text")  # noqa: B009
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())  # type: ignore[attr-defined]


def test_the_list_of_lines_shows_figures_and_calls_the_unknown_unknown(measured: Store, browser_of: BrowserOf) -> None:
    lan = browser_of("lan")

    page = text_of(lan.get("/chat-luong"))

    assert "21,5 ms" in page
    assert "92 Mb/s" in page
    assert "0,90 Mb/s" in page
    assert "thấp hơn hợp đồng" in page
    assert "chưa có kết quả đo" in page  # the second office
    assert "Pleiku" not in page
    assert "42,0 MB" in page
    assert "Trụ sở 2" not in text_of(lan.get("/chat-luong?xem=thap"))
    for sort in ("san-sang", "tre", "mat-goi", "tai-len", "hop-dong", "tai-trong", "chi-phi", "do-cuoi", "dia-diem"):
        assert "21,5 ms" in text_of(lan.get(f"/chat-luong?sap-xep=-{sort}"))
    assert "Bỏ qua điều kiện" in text_of(lan.get("/chat-luong?xem=x&muc=y"))
    lines = lan.get("/chat-luong.csv").content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Xã,Địa điểm,Nhà cung cấp,Trễ p50 (ms)")
    assert lines[0].count("%") == 1
    assert any(line.startswith("Xã Vĩnh Sơn,Trụ sở UBND xã Vĩnh Sơn,VNPT,21.5,21.5,2.0,0.0,92.0") for line in lines)


def test_one_line_names_contract_cost_and_tests(measured: Store, browser_of: BrowserOf) -> None:
    lan = browser_of("lan")

    page = text_of(lan.get("/chat-luong/1"))

    assert "chặn bởi tải lên" in page
    assert "chưa đủ mẫu lưu lượng" in page
    assert "80 Mb/s" in page  # required of 100
    assert "trễ 21,5 ms, rung 2 ms, mất 0%" in page
    assert "Chưa đo đường truyền của địa điểm này" in text_of(lan.get("/chat-luong/2"))
    assert lan.get("/chat-luong/4").status_code == 404  # another commune's
    assert lan.get("/chat-luong/999").status_code == 404


def test_the_matrix_leaves_blank_what_was_not_tried(measured: Store, browser_of: BrowserOf) -> None:
    hanh = browser_of("hanh")

    page = hanh.get("/dich-vu")

    assert "Thư không trả lời 3/3 địa điểm" in text_of(page)
    assert "không tìm ra tên miền" in text_of(page)
    pleiku = re.search(r"<tr><th scope=\"row\"><a[^>]*>Phường Pleiku</a></th>(.*?)</tr>", page.text, re.S)
    assert pleiku is not None
    assert re.sub(r"<[^>]+>|\s", "", pleiku[1]) == ""
    one = text_of(hanh.get(f"/dich-vu?xa={province.VINH_SON}&thu-tu=kem"))
    assert "Trụ sở 2 (Vĩnh Kim)" in one
    assert hanh.get("/dich-vu?xa=x1.1").status_code == 404
    assert "Xem việc cần xử lý" in one
    assert "Xem việc cần xử lý" not in text_of(browser_of("lan").get("/dich-vu"))  # the Department's
    lines = hanh.get("/dich-vu.csv").content.decode("utf-8-sig").splitlines()
    assert "Xã Vĩnh Quang,,Thư,8,0,0,không tìm ra tên miền,nxdomain," in lines
    assert not any("Pleiku" in line for line in lines)


def test_without_a_list_the_page_says_what_to_do(browser_of: BrowserOf) -> None:
    assert "gapwatch services check" in text_of(browser_of("hanh").get("/dich-vu"))


def test_meeting_points_are_graded_and_chosen(measured: Store, browser_of: BrowserOf) -> None:
    hanh, lan = browser_of("hanh"), browser_of("lan")

    page = text_of(hanh.get("/hop-truc-tuyen"))
    assert "chỉ nghe, nói tải lên" in page
    assert "0,90 Mb/s" in page
    assert "Trụ sở 2" not in page
    assert "Là điểm cầu" not in text_of(lan.get("/hop-truc-tuyen"))

    def choose(browser: Browser, site_id: int, what: str, csrf: str) -> int:
        return browser.post(f"/hop-truc-tuyen/{site_id}/diem-cau", data={"la": what, "csrf": csrf}).status_code

    token = hanh.csrf("/hop-truc-tuyen")
    assert choose(hanh, 2, "co", token) == 303
    assert "Trụ sở 2" in text_of(hanh.get("/hop-truc-tuyen"))
    assert choose(hanh, 2, "x", token) == 422
    assert choose(hanh, 99, "co", token) == 404
    assert choose(lan, 1, "khong", lan.csrf("/doi-mat-khau")) == 403
    assert choose(hanh, 2, "theo-loai", token) == 303
    with measured.reading() as session:
        assert session.get_one(Site, 2).meeting_point is None
        row = session.exec(select(Audit).order_by(desc(Audit.id))).first()
        assert row is not None
        assert (row.action, row.before, row.after) == (
            "site.meeting_point", {"meeting_point": True}, {"meeting_point": None},
        )  # fmt: skip
    head = hanh.get("/hop-truc-tuyen.csv").content.decode("utf-8-sig").splitlines()[0]
    assert head.startswith("Xã,Điểm cầu,Nhà cung cấp,Mức,Chặn bởi,độ trễ (ms)")


def test_before_a_meeting_the_page_says_who_fails_and_why(measured: Store, browser_of: BrowserOf) -> None:
    hanh = browser_of("hanh")

    page = text_of(hanh.get("/hop-truc-tuyen/kiem-tra?ngay=2026-11-25&gio=08:00"))
    assert "Dự kiến 1/3 điểm không đạt" in page
    assert "tải lên không đủ (0,90 Mb/s)" in page
    assert "2 điểm chưa rõ" in page
    assert "Đó là ngày nghỉ" in text_of(hanh.get("/hop-truc-tuyen/kiem-tra?ngay=2026-11-22"))
    assert "Dự kiến 1/3" not in text_of(hanh.get("/hop-truc-tuyen/kiem-tra?mbps=0,5"))
    for wrong in ("ngay=hôm-nay", "ngay=2020-01-01", "mbps=nhiều", "mbps=-1", "ngay=2026-11-25&gio=25:00"):
        assert "Bỏ qua điều kiện" in text_of(hanh.get(f"/hop-truc-tuyen/kiem-tra?{wrong}")), wrong
    lines = hanh.get("/hop-truc-tuyen/kiem-tra.csv").content.decode("utf-8-sig").splitlines()
    assert lines[1].startswith("Xã Vĩnh Sơn,Trụ sở UBND xã Vĩnh Sơn,VNPT,không đạt,")


def test_outsiders_see_nothing(measured: Store, browser_of: BrowserOf) -> None:
    outsider = browser_of("outsider")

    assert "21,5 ms" not in text_of(outsider.get("/chat-luong"))
    assert "Vĩnh Sơn" not in text_of(outsider.get("/dich-vu"))
    assert "Vĩnh Sơn" not in text_of(outsider.get("/hop-truc-tuyen"))
    assert browser_of("auditor").get("/chat-luong").status_code == 403


def test_the_api_says_the_same(
    measured: Store, new_browser: Callable[..., Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auth, "_hasher", province.CHEAP)
    monkeypatch.setattr(auth, "_known", auth.KnownPasswords())
    client = new_browser(service(measured, lambda: NOW))
    hanh = ("hanh", province.PASSWORD)

    def ask(path: str) -> dict[str, object]:
        answer = client.get("/api/v1" + path, auth=hanh)
        assert answer.status_code == 200, answer.text
        return answer.json()

    (line,) = ask("/lines?tested=yes")["items"]  # type: ignore[misc]
    assert (line["grade"], line["contract"], line["quality"]["measures"]["rtt"]["full"]["p90"]) == (
        "audio",
        "below",
        21.5,
    )
    assert ask("/lines?tested=no")["total"] == 3
    (first, *_rest) = ask("/services?service=Thư")["items"]  # type: ignore[misc]
    assert (first["share"], first["worst_stage"], first["tries"]) == (0.0, "dns", 8)
    assert ask("/meeting-points?grade=audio")["total"] == 1
    check = ask("/meeting-check?at=2026-11-25T08:00:00%2B07:00&mbps=4")
    assert (check["points"], check["fail"], check["pass"], check["unknown"]) == (3, 1, 0, 2)
    assert check["results"][0]["reasons"] == ["slow_up"]  # type: ignore[index]
    for wrong in ("at=2026-11-25T08:00:00", "mbps=0", "at=9999-01-01T00:00:00Z", "when=1"):
        assert client.get(f"/api/v1/meeting-check?{wrong}", auth=hanh).status_code == 422, wrong


def test_evidence_is_written_in_words() -> None:
    evidence = {
        "load_checks": [{"direction": "down", "verdict": "over", "paid_mbps": 60.0, "limit_mbps": 54.0,
                         "proven_mbps": 58.5, "seen_mbps": 59.0, "samples": 677, "expected": 2016}],
        "services": [{"service": "Thư", "failing": 9, "observed": 10, "stage": "http", "last_ok_at": ""}],
        "codes": ["down_over"],
    }  # fmt: skip
    said = dict(evidence_rows("line_saturated", evidence, "vi"))

    assert said["Lưu lượng và dung lượng"] == (
        "tải xuống: p95 ít nhất 58,5 Mb/s, ngưỡng 54 Mb/s của 60 Mb/s, 677/2.016 mẫu"
    )
    assert said["Dịch vụ"] == "Thư: không trả lời 9/10 địa điểm, có kết nối nhưng không trả lời"
    meeting = {"grade": "audio", "blocked_by": "up", "p90": 0.9, "limit": 1.5, "tests": 6}
    rows = dict(evidence_rows("meeting_not_ready", meeting, "en"))
    assert (rows["Blocked by"], rows["Measured p90"]) == ("upload", "0.90 Mb/s")
    for odd in ({"load_checks": "x", "services": [1, None], "grade": 3}, {"services": [{}]}):
        assert evidence_rows("meeting_not_ready", odd, "vi")


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [(None, "ms", "–"), (0.0, "%", "0%"), (3.333, "%", "3,3%"), (0.81, "Mb/s", "0,81 Mb/s"), (123.4, "ms", "123 ms")],
)
def test_figures(value: float | None, unit: str, shown: str) -> None:
    assert line_words.figure(value, unit, "vi") == shown


# ---- Commands


@pytest.fixture
def settings(measured: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("GAPWATCH_DATABASE_URL", str(measured.engine.url))
    monkeypatch.setenv("GAPWATCH_SERVICES_FILE", str(tmp_path / "services.toml"))
    return Settings(database_url=str(measured.engine.url), services_file=str(tmp_path / "services.toml"))


def test_meeting_check_as_text_and_json(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    # the small province's schema is that of the tests: no migration to check
    monkeypatch.setattr(meeting_command, "open_ready", lambda given: open_store(given.database_url))
    text = RUN.invoke(cli, ["meeting-check", "--mbps", "4"])
    assert text.exit_code == 0, text.output
    assert "/3 điểm không đạt" in text.output

    answer = json.loads(RUN.invoke(cli, ["meeting-check", "--json"]).output)
    assert answer["points"] == len(answer["results"]) == 3
    assert answer["mbps"] == DEFAULT_POLICY.meeting_ready_mbps


@pytest.mark.parametrize("text", ["tomorrow", "2026-13-01 08:00", "2026-11-25", "2026-11-18 08:00", "2026-11-25 24:00"])
def test_a_time_that_cannot_be_met_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(CommandError, match=r"ví dụ|đã qua"):
        meeting_command.read_time(text, NOW)


def test_a_time_is_local() -> None:
    assert meeting_command.read_time("2026-11-25 8:05", NOW).isoformat() == "2026-11-25T08:05:00+07:00"


def test_services_are_checked_and_loaded(
    settings: Settings, measured: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    path = Path(settings.services_file)
    path.write_text('[[service]]\nname = "Mới"\nurl = "https://moi.gov.vn/"\nfrom = ["truong_hoc"]\n', encoding="utf-8")

    service_list.check(settings, "")
    assert "1 dịch vụ" in capsys.readouterr().out
    assert service_list.publish_services(settings, measured, NOW)
    with measured.reading() as session:
        assert [item.name for item in list_services(session)] == ["Mới"]
    path.write_text('[[service]]\nname = "Mới"\nurl = "moi"\n', encoding="utf-8")
    refused = RUN.invoke(cli, ["services", "check"])
    assert "services.toml: dòng 3: url" in str(refused.exception)
    with measured.reading() as session:
        assert [item.name for item in list_services(session)] == ["Mới"]


def test_agents_are_told_of_the_services_with_a_new_policy_version(filled: Store) -> None:
    now = [0.0]
    book = PolicyBook(filled, lambda: now[0])
    before = book.for_site(1)
    with filled.session() as session:
        save_services(session, [Service("Một cửa", "https://mc/"), Service("Mẫu", "https://m/", sample=True)], NOW)
    now[0] += 60

    told = book.for_site(1)

    assert before.reach_targets == ()
    assert told.version > before.version
    assert [(target.name, target.url) for target in told.reach_targets] == [("Một cửa", "https://mc/")]
