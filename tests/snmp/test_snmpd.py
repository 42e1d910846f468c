"""Against Debian's snmpd: v2c and every kind of SNMP v3 user; a sample of them through the command as people call it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Iterator, Tuple

import pytest

from agent.snmp.device import Asked, examine
from agent.snmp.target import Credential, check, parse_target
from tests.need import free_port, snmpd

ROOT = Path(__file__).resolve().parents[2]
KEY, PRIVATE = "auth-pass-12", "priv-pass-12"

CONFIG = """
agentAddress udp:127.0.0.1:{port}
rocommunity reading
sysName office-box
sysLocation Phòng máy chủ
sysObjectID 1.3.6.1.4.1.8072.3.2.10
createUser shaaes SHA {key} AES {private}
rouser shaaes authPriv
createUser sha256aes256 SHA-256 {key} AES-256 {private}
rouser sha256aes256 authPriv
createUser md5des MD5 {key} DES {private}
rouser md5des authPriv
createUser sha512 SHA-512 {key}
rouser sha512 authNoPriv
"""


@pytest.fixture(scope="module")
def target() -> Iterator[str]:
    binary, port = snmpd(), free_port()
    folder = tempfile.mkdtemp(prefix="gapwatch-snmpd-")
    config = Path(folder, "snmpd.conf")
    config.write_text(CONFIG.format(port=port, key=KEY, private=PRIVATE), encoding="utf-8")
    with open(Path(folder, "log"), "wb") as log:
        process = subprocess.Popen(
            [binary, "-f", "-C", "-c", str(config), "-Lo", "-r", "-I", "-smux"], stdout=log, stderr=log,
            env={**os.environ, "SNMP_PERSISTENT_DIR": folder},
        )  # fmt: skip
    try:
        place = "127.0.0.1:{}".format(port)
        _wait(place, process, Path(folder, "log"))
        yield place
    finally:
        process.terminate()
        process.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(place: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end and process.poll() is None:
        if asked(place, Credential("reading")).identity is not None:
            return
        time.sleep(0.05)
    raise RuntimeError("snmpd did not start: " + log.read_text(errors="replace")[-500:])


def asked(place: str, credential: Credential, timeout_s: float = 0.5) -> Asked:
    return examine(parse_target(place), [check(credential)], with_details=False, timeout_s=timeout_s)


def probe(*arguments: str) -> Tuple[int, str, str]:
    run = subprocess.run(
        [sys.executable, "-m", "agent", "probe", "snmp", *arguments], cwd=str(ROOT), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, timeout=60,
    )  # fmt: skip
    return run.returncode, run.stdout.decode("utf-8"), run.stderr.decode("utf-8")


def test_v2c_with_details_by_the_command(target: str) -> None:
    code, out, err = probe("--target", target, "--community", "reading", "--json", "--details")
    found = json.loads(out)

    assert (code, err) == (0, "")
    assert found["name"] == "office-box"
    assert found["os"] == "Linux"
    assert found["version"] == os.uname().release
    assert any(row.get("object") == "1.3.6.1.2.1.1.1.0" for row in found["evidence"])
    assert found["location"] == "Phòng máy chủ"
    assert found["supplies"] == [] and found["battery"] is None
    names = {port["name"] for port in found["ports"]}
    assert names <= set(os.listdir("/sys/class/net"))
    assert "lo" not in names


USERS = [
    Credential(user="shaaes", auth="SHA", auth_key=KEY, priv="AES", priv_key=PRIVATE),
    Credential(user="sha256aes256", auth="sha-256", auth_key=KEY, priv="AES-256", priv_key=PRIVATE),
    Credential(user="md5des", auth="MD5", auth_key=KEY, priv="DES", priv_key=PRIVATE),
    Credential(user="sha512", auth="SHA512", auth_key=KEY),
]


@pytest.mark.parametrize("user", USERS, ids=[user.user for user in USERS])
def test_v3(target: str, user: Credential) -> None:
    found = asked(target, user)

    assert found.identity is not None and found.identity.name == "office-box"
    assert found.version == "3"


def test_v3_by_the_command(target: str) -> None:
    keys = ["--v3-auth", "SHA", "--v3-auth-key", KEY, "--v3-priv", "AES", "--v3-priv-key", PRIVATE]

    code, out, err = probe("--target", target, "--v3-user", "shaaes", *keys, "--json")

    assert (code, err) == (0, "")
    assert json.loads(out)["name"] == "office-box"


def test_a_wrong_key_is_told_apart_from_silence(target: str) -> None:
    wrong = ["--v3-user", "shaaes", "--v3-auth", "SHA", "--v3-auth-key", "another-pass"]

    code, out, err = probe("--target", target, *wrong, "--json", "--timeout", "0.5")

    assert code == 1
    assert json.loads(out)["vendor"] is None
    assert "từ chối người dùng SNMP v3" in err
    assert "another-pass" not in err


def test_a_wrong_community_is_silence(target: str) -> None:
    assert asked(target, Credential("wrong"), timeout_s=0.1) == Asked()
