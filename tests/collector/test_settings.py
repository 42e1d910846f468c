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
        ("listen_prt = 1", "listen_prt: no such setting; see `gapwatch check-config --list` for those there are"),
        ("listen_port = 0", "listen_port: 0 is no port; give a number from 1 to 65535"),
        ('listen_port = "x"', "listen_port: must be a number, got 'x'"),
        ("listen_port = true", "listen_port: must be a whole number, got True"),
        ('run_jobs = "maybe"', "run_jobs: must be true or false, got 'maybe'"),
        ('base_url = "gapwatch.tinh.gov.vn"', "base_url: 'gapwatch.tinh.gov.vn' is no address; write it like https://gapwatch.tinh.gov.vn"),
        ('base_url = "https://x/y"', "base_url: 'https://x/y' is no address; write it like https://gapwatch.tinh.gov.vn"),
        ('mail_from = "a b"', "mail_from: 'a b' is no e-mail address; write it like hatang@tinh.gov.vn"),
        ('smtp_tls = "ssl"', "smtp_tls: 'ssl' is not known; use one of none, starttls, tls"),
        ('province_id = "52"', "province_id: '52' is no province id; see the ids in config/units.csv, for example t52.2"),
        ("session_hours = 0", "session_hours: must be more than 0, got 0.0"),
        ('smtp_password = "x"', "smtp_password: given without smtp_user; give both or none"),
        ('smtp_user = "u"\nsmtp_host = "mail"', "smtp_tls: a password would travel in clear; use starttls or tls"),
        ('database_url = "mysql://x"', "database_url: 'mysql' is not supported; use sqlite:///FILE or postgresql://..."),
        ('listen_port_file = "x"', "listen_port_file: no such setting; see `gapwatch check-config --list` for those there are"),
    ],
)
def test_wrong_settings_are_refused_by_name(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, text)

    assert str(caught.value) == message


def test_unreadable_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="nowhere.toml: cannot be read"):
        load_settings(str(tmp_path / "nowhere.toml"), {})
    with pytest.raises(SettingsError, match="is not valid TOML"):
        load(tmp_path, "listen_port = = 1")
    with pytest.raises(SettingsError, match="smtp_password_file: the file /nowhere cannot be read"):
        load(tmp_path, 'smtp_user = "u"\nsmtp_password_file = "/nowhere"')


def test_the_environment_wins_over_the_file_and_secrets_come_from_files(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s3cret\n", encoding="utf-8")
    path = tmp_path / "gapwatch.toml"
    path.write_text(f'listen_port = 9000\nsmtp_user = "u"\nsmtp_tls = "tls"\nsmtp_password_file = "{tmp_path}/secret"\n')

    settings = load_settings(str(path), {"GAPWATCH_LISTEN_PORT": "9001", "GAPWATCH_RUN_JOBS": "false"})

    assert (settings.listen_port, settings.smtp_password, settings.run_jobs) == (9001, "s3cret", False)
    assert settings.base_url == "http://127.0.0.1:9001"


def test_the_sample_file_is_the_one_in_the_repository_and_names_every_setting() -> None:
    assert (ROOT / "config" / "gapwatch.example.toml").read_text(encoding="utf-8") == sample()
    uncommented = "\n".join(line.removeprefix("# ") for line in sample().splitlines() if line.startswith("# ") and " = " in line)
    values = {key: value for key, value in tomllib.loads(uncommented).items() if not key.endswith("_password_file") and key != "database_url_file"}
    assert set(values) == set(FIELDS)
    assert all(value == FIELDS[key].default for key, value in values.items())
