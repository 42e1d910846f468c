"""State files under Windows' rules: a file that somebody holds open can be neither replaced nor removed."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

if sys.platform != "win32":
    pytest.skip("needs Windows: make test-windows runs it under Wine", allow_module_level=True)

from agent.errors import BusyError
from agent.files import Disk, Lock
from agent.host import Host


def test_a_virus_scanner_that_holds_the_file_for_a_moment(tmp_path: Path) -> None:
    path = str(tmp_path / "identity.json")
    disk = Disk()
    disk.replace(path, b"old")
    file = open(path, "rb")  # noqa: SIM115 closed by the timer
    threading.Timer(0.08, file.close).start()

    disk.replace(path, b"new")

    assert disk.read(path) == b"new"
    assert os.listdir(str(tmp_path)) == ["identity.json"]


def test_one_that_does_not_let_go_is_an_error_and_the_old_file_stays(tmp_path: Path) -> None:
    path = str(tmp_path / "identity.json")
    Disk().replace(path, b"old")

    with open(path, "rb"), pytest.raises(OSError):
        Disk().replace(path, b"new")

    assert Disk().read(path) == b"old"
    assert os.listdir(str(tmp_path)) == ["identity.json"]


def test_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    path = str(tmp_path / "spool")
    data = bytes(range(256)) + b"\n\r\n\x1a\n"
    disk = Disk()
    disk.replace(path, data)
    disk.write_at(path, 3, b"\n\n")

    assert disk.read(path) == data[:3] + b"\n\n" + data[5:]


def test_the_lock_is_seen_by_another_process_and_ends_with_it(tmp_path: Path) -> None:
    path = str(tmp_path / "lock")
    code = "import sys,time\nfrom agent.files import Lock\nwith Lock(sys.argv[1]):\n print('held', flush=True); time.sleep(60)"
    child = subprocess.Popen([sys.executable, "-B", "-c", code, path], stdout=subprocess.PIPE)
    try:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == b"held"
        with pytest.raises(BusyError), Lock(path):
            pass
    finally:
        child.kill()
        child.communicate()
    for _ in range(50):
        try:
            with Lock(path):
                return
        except BusyError:
            time.sleep(0.1)
    pytest.fail("the lock outlived its process")


def test_files_of_others_are_read_while_they_write(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    with open(str(path), "w", encoding="utf-8") as file:
        file.write("Xã Vĩnh Sơn")
        file.flush()

        assert Host().read_text(str(path)) == "Xã Vĩnh Sơn"
    assert Host().read_text(str(tmp_path)) is None  # a folder, which Windows calls "denied"
    assert Host().read_text(str(tmp_path / "none")) is None


def test_names_with_vietnamese_letters_and_blanks(tmp_path: Path) -> None:
    folder = str(tmp_path / "Hồ sơ một cửa")
    disk = Disk()
    disk.make_folder(folder)
    disk.replace(os.path.join(folder, "định danh.json"), b"{}")

    assert disk.names(folder) == ["định danh.json"]
    assert Host().listdir(folder) == ["định danh.json"]
