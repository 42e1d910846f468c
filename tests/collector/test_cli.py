"""gapwatch on the command line: what goes wrong is told in one Vietnamese line that names it, never as a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.cli import main

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("GAPWATCH_VAR_DIR", str(tmp_path))
    monkeypatch.setenv("GAPWATCH_DATABASE_URL", f"sqlite:///{tmp_path}/gapwatch.db")


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int | str | None, str]:
    with pytest.raises(SystemExit) as ended:
        main(words)
    said = capsys.readouterr()
    return ended.value.code, (said.err or said.out).strip()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("nosuch",), "gapwatch: không có lệnh 'nosuch'. Xem: gapwatch --help"),
        (("weekly", "--nope"), "gapwatch: không có tùy chọn --nope. Xem: gapwatch weekly --help"),
        (("enrol",), "gapwatch: thiếu --site. Xem: gapwatch enrol --help"),
        (("account",), "gapwatch: thiếu LOGIN. Xem: gapwatch account --help"),
        (
            ("enrol", "--site", "1", "--uses", "x"),
            "gapwatch: --uses: giá trị không dùng được. Xem: gapwatch enrol --help",
        ),
    ],
)
def test_wrong_words_are_named(capsys: pytest.CaptureFixture[str], words: tuple[str, ...], message: str) -> None:
    assert run(capsys, *words) == (2, message)


@pytest.mark.parametrize(
    "words", [("serve",), ("jobs",), ("check-config",), ("weekly", "--now"), ("account", "a"), ("enrol", "--site", "1")]
)
def test_an_empty_store_names_the_command_that_fills_it(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GAPWATCH_LISTEN_PORT", "18399")

    assert run(capsys, *words) == (
        1,
        "gapwatch: database_url: kho dữ liệu còn trống; hãy chạy `gapwatch migrate` trước",
    )


@pytest.mark.parametrize("command", ["migrate", "jobs"])
def test_a_store_that_does_not_answer_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("GAPWATCH_DATABASE_URL", "postgresql://u:secret@127.0.0.1:1/x")

    code, said = run(capsys, command)

    assert code == 1
    assert said.startswith("gapwatch: database_url: ")
    assert "secret" not in said


def test_a_site_is_added_once_and_can_be_enrolled_at(capsys: pytest.CaptureFixture[str]) -> None:
    name, unit = "Trụ sở UBND xã Vĩnh Sơn", ("--unit", "x21787.2")
    assert run(capsys, "migrate")[0] == 0

    assert run(capsys, "site", name, *unit) == (
        0,
        f"Đã thêm địa điểm số 1: {name}. Lấy mã ghi danh: gapwatch enrol --site 1",
    )
    assert run(capsys, "site", name, *unit) == (
        1,
        "gapwatch: đơn vị x21787.2 đã có địa điểm tên này (số 1); đặt tên khác",
    )
    assert run(capsys, "site", name, "--unit", "x1")[1].startswith(
        "gapwatch: --unit: không có đơn vị 'x1'; xem mã trong "
    )
    assert run(capsys, "site", name, *unit, "--role", "y")[1].startswith(
        "gapwatch: --role: không có loại 'y'; chọn một trong: "
    )
    assert (
        "gapwatch-agent enrol --server http://127.0.0.1:8080 --token GW-"
        in run(capsys, "enrol", "--site", "vinh son")[1]
    )
    assert run(capsys, "enrol", "--site", "Nơi lạ")[1].startswith(
        "gapwatch: --site: không có địa điểm nào tên 'Nơi lạ'; "
    )
    assert run(capsys, "weekly", "--preview", "x")[1].startswith("gapwatch: --preview: tỉnh này không có phạm vi 'x'; ")


def test_accounts_are_refused_by_the_option_that_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        run(capsys, "account", "a b")[1]
        == "gapwatch: tên đăng nhập 'a b' trống hoặc có dấu cách; ghi liền, ví dụ nguyen.van.a"
    )
    assert run(capsys, "account", "a", "--role", "x")[1].startswith(
        "gapwatch: --role: không có vai trò 'x'; chọn một trong: admin,"
    )
    assert run(capsys, "account", "a", "--role", "commune")[1].startswith(
        "gapwatch: --unit: tài khoản của xã phải ghi mã đơn vị"
    )


def test_an_area_is_made_of_communes_that_exist(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "migrate")[0] == 0
    assert run(capsys, "area", "Khu vực Vĩnh Thạnh", "--units", "x21787.2, x21786.1")[1].startswith(
        "gapwatch: --units: 'x21786.1' không phải xã đang có"
    )
    assert run(capsys, "area", "Khu vực Vĩnh Thạnh", "--units", " ,")[1].startswith("gapwatch: --units: còn trống")
    assert run(capsys, "area", "Khu vực Vĩnh Thạnh", "--units", "x21787.2")[1].startswith("Đã thêm khu vực số 1")
    assert "đã có khu vực" in run(capsys, "area", "Khu vực Vĩnh Thạnh", "--units", "x21787.2")[1]
