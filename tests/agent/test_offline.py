"""An identity that is carried in a file: taken once, by one PC, with nothing half done."""

from __future__ import annotations

import os

import pytest

from agent import cli, offline, settings
from agent.errors import NotEnrolledError
from agent.identity import State

KEY = "ab" * 32
AGENT = "c1" * 16
PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"
TEXT = """# one PC
[agent]
server = https://a.vn, https://b.vn

[enrolment]
agent_id = {}
key = {}
key_generation = 1
site_name = Trụ sở UBND xã Vĩnh Sơn
ca_pem =
    -----BEGIN CERTIFICATE-----
    MIIB
    -----END CERTIFICATE-----
""".format(AGENT, KEY)


@pytest.fixture
def place(tmp_path):
    (tmp_path / "f.ini").write_text(TEXT, encoding="utf-8")
    return tmp_path


def enrol(place, *more, file="f.ini"):
    words = ["enrol", "--file", str(place / file), "--config", str(place / "a.ini"), "--state-dir", str(place / "s")]
    return cli.main([*words, *more])


def test_the_file_makes_an_enrolled_pc_and_loses_its_key(place, capsys):
    assert enrol(place) == 0

    identity = State(str(place / "s")).identity()
    assert (identity.agent_id, identity.key, identity.key_generation) == (AGENT, KEY, 1)
    found = settings.load(str(place / "a.ini"))
    assert found.servers == ("https://a.vn", "https://b.vn")
    with open(found.ca_file, encoding="ascii") as file:
        assert file.read().strip() == PEM
    left = (place / "f.ini").read_text(encoding="utf-8")
    assert KEY not in left and "used_by" in left
    assert "Trụ sở UBND xã Vĩnh Sơn" in capsys.readouterr().out


def test_a_spent_file_serves_no_second_pc(place, capsys):
    assert enrol(place) == 0

    assert enrol(place, "--again") == 2
    assert "Mỗi tệp chỉ cho một máy" in capsys.readouterr().err


def test_an_enrolled_pc_keeps_its_identity_unless_told_otherwise(place):
    assert enrol(place) == 0
    (place / "f.ini").write_text(TEXT.replace(AGENT, "d" * 32), encoding="utf-8")

    assert enrol(place) == 7
    assert State(str(place / "s")).identity().agent_id == AGENT
    assert KEY in (place / "f.ini").read_text(encoding="utf-8")
    assert enrol(place, "--again") == 0
    assert State(str(place / "s")).identity().agent_id == "d" * 32


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (KEY, "xyz"), (AGENT, "short"), ("key_generation = 1", "key_generation = 70000"), ("[enrolment]", "[other]"),
        ("server = ", "state_dir = /x\nserver = "), ("-----BEGIN CERTIFICATE-----", "hello"), ("[agent]", "agent"),
        ("https://a.vn, https://b.vn", "ftp://a.vn"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_leaves_everything_as_it_was(place, old, new):
    (place / "f.ini").write_text(TEXT.replace(old, new), encoding="utf-8")

    assert enrol(place) == 2

    with pytest.raises(NotEnrolledError):
        State(str(place / "s")).identity()
    assert KEY in (place / "f.ini").read_text(encoding="utf-8") or old == KEY


def test_a_missing_file_and_a_token_beside_it_are_told(place, capsys):
    assert enrol(place, file="none.ini") == 2
    assert enrol(place, "--token", "X") == 2
    assert "không đi cùng nhau" in capsys.readouterr().err


def test_a_file_that_lies_beside_the_settings_is_taken_at_the_first_start(place):
    os.rename(str(place / "f.ini"), str(place / offline.FILE_NAME))
    (place / "a.ini").write_text("[agent]\nstate_dir = {}\n[local]\npause = no\n".format(place / "s"))
    found = settings.load(str(place / "a.ini"))
    state = State(found.state_dir)
    state.prepare()

    identity, fresh = offline.ready(found, state)

    assert identity.agent_id == AGENT
    assert fresh.servers == ("https://a.vn", "https://b.vn")
    assert fresh.state_dir == found.state_dir
    assert KEY not in (place / offline.FILE_NAME).read_text(encoding="utf-8")
    assert offline.ready(fresh, state) == (identity, fresh)


def test_without_any_file_the_pc_says_that_it_is_not_enrolled(tmp_path):
    found = settings.load(str(tmp_path / "a.ini"), {"agent.state_dir": str(tmp_path)})

    with pytest.raises(NotEnrolledError):
        offline.ready(found, State(str(tmp_path)))
