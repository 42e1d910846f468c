"""The settings file: each key declared once, unknown keys and doubtful values refused in words that help."""

from __future__ import annotations

import os
from dataclasses import fields

import pytest

from agent import settings
from agent.errors import SettingsError

EXAMPLE = os.path.join(os.path.dirname(__file__), "..", "..", "config", "gapwatch-agent.example.ini")


@pytest.fixture
def ini(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "a.ini"
        path.write_bytes(text.encode(encoding))
        return str(path)

    return write


def test_the_sample_file_is_the_defaults_in_code():
    with open(EXAMPLE, encoding="utf-8") as file:
        assert file.read() == settings.example_text()
    sample = settings.load(EXAMPLE)
    empty = settings.load(os.path.join(os.path.dirname(EXAMPLE), "not there.ini"))
    assert [getattr(sample, each.name) for each in fields(sample) if each.name != "source"] == [
        getattr(empty, each.name) for each in fields(empty) if each.name != "source"
    ]


def test_every_setting_is_a_field_and_has_help():
    names = {each.name for each in fields(settings.Settings)}

    assert {each.field or each.key for each in settings.SETTINGS} == names - {"source", "routes"}
    assert all(len(each.help) > 20 for each in settings.SETTINGS)


def test_a_full_file(ini, tmp_path):
    (tmp_path / "ca.pem").write_text("x")
    path = ini(
        "[agent]\nserver = https://a.vn/ , https://b.vn:8443/x\nca_file = {0}/ca.pem\nproxy = http://10.0.0.1:3128\n"
        "state_dir = {0}\nlog_level = debug\n[probes]\ndisabled = reach, counters\n[local]\npause = yes\n"
        "".format(tmp_path)
    )

    found = settings.load(path)

    assert found.servers == ("https://a.vn", "https://b.vn:8443/x")
    assert found.ca_file == "{}/ca.pem".format(tmp_path)
    assert found.proxy == "http://10.0.0.1:3128"
    assert found.disabled_probes == ("reach", "counters")
    assert found.pause
    assert found.log_file == os.path.join(str(tmp_path), "gapwatch-agent.log")


def test_defaults_depend_on_the_platform_only_for_places():
    found = settings.load("/not/there.ini")

    assert found.servers == ()
    assert found.log_level == "info"
    assert found.state_dir == settings.default_state_dir()


REFUSED = [
    ("[agent]\nservr = https://a.vn", "[agent] servr: không phải là một thiết đặt; có: server"),
    ("[agnt]\nserver = https://a.vn", "không có mục [agnt]"),
    ("server = https://a.vn", "dòng 1: phải có một mục như [agent]"),
    ("[agent]\nserver", "dòng 2: phải có dạng tên = giá trị"),
    ("[agent]\nserver = https://a.vn\nserver = https://b.vn", "dòng 3: [agent] server được ghi hai lần"),
    ("[agent]\n[agent]", "dòng 2: mục [agent] được ghi hai lần"),
    ("[agent]\nserver = a.vn", "phải bắt đầu bằng https:// hoặc http://"),
    ("[agent]\nserver = https://", "phải bắt đầu bằng"),
    ("[agent]\nserver = https://a.vn:99999", "không phải là một địa chỉ hợp lệ"),
    ("[agent]\nserver = https://a.vn?x=1", "không được có dấu cách"),
    ("[agent]\nserver = https://a.vn,https://a.vn/", "bị lặp lại"),
    ("[agent]\nserver = https://u:p@a.vn", "không được chứa tên đăng nhập"),
    ("[agent]\nserver = http://a.vn", "[agent] server: 'http://a.vn' không mã hóa"),
    ("[agent]\nca_file = ca.pem", "[agent] ca_file: 'ca.pem' phải là đường dẫn đầy đủ"),
    ("[agent]\nca_file = /not/there.pem", "không có tệp /not/there.pem"),
    ("[agent]\nproxy = socks5://a.vn", "phải bắt đầu bằng http://"),
    ("[agent]\nlog_level = loud", "phải là một trong: debug, info, warning, error"),
    ("[agent]\nallow_plain_http = true", "[agent] allow_plain_http: 'true' phải là yes hoặc no"),
    ("[agent]\nallow_plain_http =", "'' phải là yes hoặc no"),
    ("[probes]\ndisabled = hardwear", "không có phép đo tên 'hardwear'; các phép đo: system"),
    ("[local]\npause = Yes", "'Yes' phải là yes hoặc no"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_doubtful_files_are_refused_by_name(ini, text, message):
    path = ini(text)

    with pytest.raises(SettingsError) as caught:
        settings.load(path)

    assert message in str(caught.value)
    assert path in str(caught.value)
    assert "\n" not in str(caught.value)


def test_plain_http_is_for_this_machine_or_for_those_who_ask(ini):
    assert settings.load(ini("[agent]\nserver = http://127.0.0.1:8000")).servers == ("http://127.0.0.1:8000",)
    allowed = settings.load(ini("[agent]\nserver = http://a.vn\nallow_plain_http = yes"))
    assert allowed.servers == ("http://a.vn",)


def test_notepad_files_are_read_or_refused_with_the_way_out(ini):
    assert settings.load(ini("[agent]\r\nlog_level = debug\r\n", "utf-8-sig")).log_level == "debug"
    with pytest.raises(SettingsError, match="Notepad"):
        settings.load(ini("[agent]\nlog_level = debug\n", "utf-16"))


def test_overrides_win_and_are_checked(ini):
    path = ini("[agent]\nlog_level = debug")

    assert settings.load(path, {"agent.log_level": "error"}).log_level == "error"
    with pytest.raises(SettingsError, match="log_level"):
        settings.load(path, {"agent.log_level": "x"})


def test_values_are_put_into_a_file_and_the_rest_stays():
    text = "# của tôi\n[agent]\nproxy = http://p:1\nserver = https://old.vn\n\n[local]\npause = no\n"

    values = {"agent.server": "https://new.vn", "agent.ca_file": "/x", "probes.disabled": "reach"}
    changed = settings.with_values(text, values)

    assert changed == (
        "# của tôi\n[agent]\nca_file = /x\nproxy = http://p:1\nserver = https://new.vn\n\n[local]\npause = no\n"
        "\n[probes]\ndisabled = reach\n"
    )


def test_an_empty_file_becomes_the_sample_with_values(ini):
    found = settings.load(ini(settings.with_values("", {"agent.server": "https://new.vn"})))

    assert found.servers == ("https://new.vn",)
