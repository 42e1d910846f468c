"""Settings: each wrong value is refused with the key's name and the remedy; the sample file equals the defaults."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from collector.settings import FIELDS, Settings, SettingsError, load_settings, sample

ROOT = Path(__file__).resolve().parents[2]


def load(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "gapwatch.toml"
    path.write_text(text, encoding="utf-8")
    return load_settings(str(path), {})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "listen_prt = 1",
            "listen_prt: không có cài đặt này; có phải là listen_port? Xem mọi cài đặt: gapwatch check-config --list",
        ),
        ("mau_sac = 1", "mau_sac: không có cài đặt này; Xem mọi cài đặt: gapwatch check-config --list"),
        ("listen_port = 0", "listen_port: 0 không phải là cổng; ghi một số từ 1 đến 65535"),
        ('listen_port = "x"', "listen_port: phải là số, đang là 'x'"),
        ("listen_port = true", "listen_port: phải là số nguyên, đang là True"),
        ('run_jobs = "maybe"', "run_jobs: phải là true hoặc false, đang là 'maybe'"),
        (
            'base_url = "gapwatch.tinh.gov.vn"',
            "base_url: 'gapwatch.tinh.gov.vn' không phải là địa chỉ; ghi như https://gapwatch.tinh.gov.vn",
        ),
        (
            'base_url = "https://x/y"',
            "base_url: 'https://x/y' không phải là địa chỉ; ghi như https://gapwatch.tinh.gov.vn",
        ),
        ('mail_from = "a b"', "mail_from: 'a b' không phải là địa chỉ thư; ghi như hatang@tinh.gov.vn"),
        ('smtp_tls = "ssl"', "smtp_tls: 'ssl' không dùng được; chọn một trong: none, starttls, tls"),
        ('province_id = "52"', "province_id: '52' không phải là mã tỉnh; xem mã trong config/units.csv, ví dụ t52.2"),
        ("session_hours = 0", "session_hours: phải lớn hơn 0, đang là 0.0"),
        (
            'listen_port_file = "x"',
            "listen_port_file: không có cài đặt này; có phải là listen_port? Xem mọi cài đặt: gapwatch check-config --list",
        ),
        (
            'smtp_password_file = "/nowhere"',
            "smtp_password_file: không đọc được tệp /nowhere (không có tệp này); kiểm tra tên tệp và quyền đọc",
        ),
    ],
)
def test_wrong_settings_are_refused_by_name(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, text)

    assert str(caught.value) == f"{tmp_path}/gapwatch.toml: {message}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('smtp_password = "x"', "smtp_password: có mật khẩu mà không có smtp_user; ghi cả hai hoặc bỏ cả hai"),
        (
            'smtp_user = "u"\nsmtp_host = "mail"',
            "smtp_tls: mật khẩu sẽ đi trên mạng không mã hóa; dùng starttls hoặc tls",
        ),
        (
            'database_url = "mysql://x"',
            "database_url: không dùng được 'mysql'; ghi sqlite:///TỆP hoặc postgresql://...",
        ),
    ],
)
def test_settings_that_do_not_go_together_are_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, text)

    assert str(caught.value) == message


def test_a_misspelt_variable_is_refused_and_others_pass() -> None:
    with pytest.raises(
        SettingsError, match="^GAPWATCH_LISTEN_PRT: listen_prt: không có cài đặt này; có phải là listen_port?"
    ):
        load_settings(None, {"GAPWATCH_LISTEN_PRT": "9000"})

    assert (
        load_settings(None, {"GAPWATCH_REQUIRE_ALL": "1", "GAPWATCH_TEST_POSTGRESQL": "x", "GAPWATCH_PYTHON38": "y"})
        == Settings()
    )


def test_unreadable_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="nowhere.toml: không đọc được tệp cài đặt .không có tệp này"):
        load_settings(str(tmp_path / "nowhere.toml"), {})
    with pytest.raises(SettingsError, match="gapwatch.toml: sai cú pháp TOML"):
        load(tmp_path, "listen_port = = 1")
    with pytest.raises(SettingsError, match="smtp_password_file: không đọc được tệp /nowhere"):
        load(tmp_path, 'smtp_user = "u"\nsmtp_password_file = "/nowhere"')


def test_the_environment_wins_over_the_file_and_secrets_come_from_files(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s3cret\n", encoding="utf-8")
    path = tmp_path / "gapwatch.toml"
    path.write_text(
        f'listen_port = 9000\nsmtp_user = "u"\nsmtp_tls = "tls"\nsmtp_password_file = "{tmp_path}/secret"\n'
    )

    settings = load_settings(str(path), {"GAPWATCH_LISTEN_PORT": "9001", "GAPWATCH_RUN_JOBS": "false"})

    assert (settings.listen_port, settings.smtp_password, settings.run_jobs) == (9001, "s3cret", False)
    assert settings.base_url == "http://127.0.0.1:9001"


def test_the_sample_file_is_the_one_in_the_repository_and_names_every_setting() -> None:
    assert (ROOT / "config" / "gapwatch.example.toml").read_text(encoding="utf-8") == sample()
    uncommented = "\n".join(
        line.removeprefix("# ") for line in sample().splitlines() if line.startswith("# ") and " = " in line
    )
    values = {
        key: value
        for key, value in tomllib.loads(uncommented).items()
        if not key.endswith("_password_file") and key != "database_url_file"
    }
    assert set(values) == set(FIELDS)
    assert all(value == FIELDS[key].default for key, value in values.items())
