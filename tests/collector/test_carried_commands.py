"""`gapwatch enrol --offline` and `gapwatch import-bundle`: what goes wrong is one line, and nothing is half done."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from sqlmodel import select

from collector.cli import main
from inventory.store.engine import open_store
from inventory.store.tables import Agent, OfflineFile, Site, Unit
from tests import need
from tests.collector import province

ROOT = Path(__file__).resolve().parents[2]
UNIT = "x21787.2"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(ROOT)
    url = need.sqlite_copy(tmp_path)
    monkeypatch.setenv("GAPWATCH_VAR_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("GAPWATCH_DATABASE_URL", url)
    store = open_store(url)
    with store.session() as session:
        session.add(Unit(id="t52.2", kind="tinh", type_label="Tỉnh", name="Gia Lai", name_key="gia lai", code="52"))
        session.add(Unit(id=UNIT, kind="xa", type_label="Xã", name="Vĩnh Sơn", name_key="vinh son", code="1"))
        session.flush()
        session.add(Site(id=1, unit_id=UNIT, name="Trạm y tế", name_key="tram y te", created_at=province.NOW))
        session.add(
            Site(id=2, unit_id=UNIT, name="Kho", name_key="kho", excluded_reason="luật", created_at=province.NOW)
        )
    store.close()
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int | str | None, str]:
    with pytest.raises(SystemExit) as ended:
        main(words)
    said = capsys.readouterr()
    return ended.value.code, (said.out + said.err).strip()


def agents(folder: Path) -> list[str]:
    store = open_store(f"sqlite:///{next(folder.glob('*.db'))}")
    with store.reading() as session:
        found = list(session.exec(select(Agent.id).join(OfflineFile)))
    store.close()
    return found


def test_a_file_is_for_one_pc_private_and_complete(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, ca = folder / "f.ini", folder / "ca.pem"
    ca.write_text("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n")

    words = ("enrol", "--offline", "--site", "tram y te", "-o", str(out), "--server", "https://a.vn", "--ca", str(ca))
    code, said = run(capsys, *words, "--server", "https://b.vn/")

    (agent_id,) = agents(folder)
    text = out.read_text(encoding="utf-8")
    assert code == 0
    assert agent_id in said and f"agent_id = {agent_id}" in text
    assert "server = https://a.vn, https://b.vn\n" in text
    assert "    MIIB" in text
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert text.split("key = ")[1][:64] not in said


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--site", " "), "--site: còn trống"),
        (("--site", "9"), "không có địa điểm số 9"),
        (("--site", "2"), "loại trừ theo quy định"),
        (("--site", "1", "--server", "a.vn"), "--server: ghi từ 1 đến"),
        (("--site", "1", "--ca", "/not/there"), "--ca: không đọc được"),
        (("--site", "1", "-o", "/not/there/f.ini"), "--out: không ghi được"),
        (("--site", "1", "-o", str(ROOT / "README.md")), "đã có; mỗi máy một tệp"),
    ],
)
def test_a_file_that_cannot_be_made_leaves_no_identity(
    folder: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], message: str
) -> None:
    more = () if "-o" in words else ("-o", str(folder / "f.ini"))

    code, said = run(capsys, "enrol", "--offline", *words, *more)

    assert code == 1
    assert message in said
    assert agents(folder) == []
    assert not (folder / "f.ini").exists()


def test_bundles_that_cannot_be_taken_are_named_and_stop_no_other(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stick = folder / "usb"
    stick.mkdir()
    assert run(capsys, "import-bundle", str(stick))[1].endswith("không có tệp .gwb nào trong thư mục này")
    (stick / "a.gwb").write_bytes(b"rubbish")
    (stick / "b.gwb").write_bytes(b"GWB1 and no more")

    code, said = run(capsys, "import-bundle", str(stick))

    assert code == 1
    for expected in ("a.gwb: không nhận được", "không phải gói báo cáo", "b.gwb: không nhận được", "2 trong 2 tệp"):
        assert expected in said
    assert list(stick.glob("*.gwr")) == []
    assert "không có tệp này" in run(capsys, "import-bundle", str(stick / "none.gwb"))[1]
    assert "--receipts: không có thư mục" in run(capsys, "import-bundle", str(stick), "--receipts", "/not/there")[1]
