"""Runs the agent's tests on real Windows Pythons under Wine: 3.11 64-bit and 3.8 32-bit (the one for Windows 7).

make test-windows                                   both, side by side
make test-windows ARGS="--all"                      with the long simulations, for which a short run has no time
make test-windows ARGS="--only win64 -k posture"    what follows goes to pytest

The two folders are made in build/ by the kit's make-wine-python.sh and kept: the first run takes about two minutes
more. The kit is ../shared/windows, or the folder in GAPWATCH_WINDOWS_KIT. As root, missing Debian packages are installed.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
CERTIFICATES = BUILD / "windows-certificates"
ROOMS = ("tests/windows", "tests/agent", "tests/wire", "tests/scan", "tests/snmp")
PREPARE_S = 900
TESTS_S = 1200
PYTEST = ("-q", "-ra", "-p", "no:cacheprovider", "--color=no", "--timeout=120")
# What Wine itself writes among pytest's dots.
NOISE = re.compile(r"(?:[0-9a-f]+:)?wine: Read access denied for device [^\n]*\n")
SUMMARY = re.compile(r"^\d+ (?:passed|skipped|deselected)\b.* in [0-9.]+s", re.MULTILINE)
HANDED_ON = ("GAPWATCH_TEST_CERTIFICATES", "HYPOTHESIS_STORAGE_DIRECTORY", "PYTHONDONTWRITEBYTECODE")


@dataclass(frozen=True)
class Windows:
    """One Windows Python in a folder of its own."""

    name: str
    version: str
    architecture: str
    left_out: tuple[str, ...]  # options of pytest

    @property
    def folder(self) -> Path:
        return BUILD / self.name

    @property
    def requirements(self) -> Path:
        return ROOT / "tests" / "windows" / f"requirements-py{self.version.replace('.', '')}.txt"

    @property
    def winrun(self) -> str:
        return str(self.folder / "winrun")


# Left out unless --all is given. What make test and make test-py38 prove on Linux needs no second proof where no line
# of it depends on the system: rules on recorded answers, days of office life in simulated time.
SIMULATIONS = (
    "--ignore=tests/agent/test_hygiene_report.py",
    "--ignore=tests/agent/test_loop_scanning.py",
    "--ignore=tests/agent/test_watch.py",
    "--ignore=tests/snmp/test_recordings.py",
    "--deselect=tests/agent/test_transport.py::test_a_day_costs_less_than_150_kb_on_the_wire",
)
# And what the 64-bit target shows of Windows, 32 bits and Python 3.8 show no differently.
SHOWN_BY_WIN64 = (
    "--ignore=tests/agent/test_cli.py",
    "--ignore=tests/agent/test_loop.py",
    "--ignore=tests/agent/test_probe_command.py",
    "--ignore=tests/agent/test_scanning.py",
    "--ignore=tests/snmp/test_device.py",
)
TARGETS = (
    Windows("win64", "3.11", "amd64", SIMULATIONS),
    Windows("win32", "3.8", "i386", SIMULATIONS + SHOWN_BY_WIN64),
)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Runs the agent's tests on Windows Pythons under Wine.")
    parser.add_argument("--only", choices=[target.name for target in TARGETS], help="one of the two")
    parser.add_argument("--all", action="store_true", help="also what a short run leaves out")
    parser.add_argument("--prepare", action="store_true", help="make the folders, run nothing")
    options, more = parser.parse_known_args(arguments)
    targets = [target for target in TARGETS if options.only in (None, target.name)]
    kit = find_kit()
    if kit is None:
        print("test-windows cannot run: there is no make-wine-python.sh in ../shared/windows; put the kit there, or name"
              " its folder in GAPWATCH_WINDOWS_KIT", file=sys.stderr)  # fmt: skip
        return 1
    with only_one():
        install_packages(targets)
        lacking = missing(targets)
        if lacking:
            print("test-windows cannot run:", *lacking, sep="\n  - ", file=sys.stderr)
            return 1
        make_certificates()
        return run_all(kit, targets, None if options.prepare else more, everything=options.all)


def find_kit() -> Path | None:
    """The folder with make-wine-python.sh."""
    place = Path(os.environ.get("GAPWATCH_WINDOWS_KIT") or ROOT.parent / "shared" / "windows")
    return place if (place / "make-wine-python.sh").is_file() else None


def packages(targets: list[Windows]) -> list[tuple[str, str]]:
    """(program, Debian packages that bring it) for these targets."""
    wanted = [("openssl", "openssl")]
    for target in targets:
        if target.architecture == "amd64":
            wanted += [("wine", "wine wine64"), ("x86_64-w64-mingw32-gcc-win32", "gcc-mingw-w64-x86-64-win32")]
        else:
            wanted += [("debootstrap", "debootstrap"), ("i686-w64-mingw32-gcc-win32", "gcc-mingw-w64-i686-win32")]
    return wanted


def install_packages(targets: list[Windows]) -> None:
    """All in one go, as the targets are prepared side by side and apt lets in one at a time."""
    lacking = [name for program, names in packages(targets) if not have(program) for name in names.split()]
    if not lacking or os.geteuid() != 0:
        return
    print("== installing " + " ".join(lacking), flush=True)
    environment = {"DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
    for command in ([*apt, "update"], [*apt, "install", "-y", "--no-install-recommends", *lacking]):
        status, output = bounded(command, PREPARE_S, environment)
        if status != 0:
            print("\n".join(output.splitlines()[-10:]), file=sys.stderr)
            return


def missing(targets: list[Windows]) -> list[str]:
    """What has to be there before anything is started, each with its remedy."""
    lacking = [
        f"{program} is not here: apt-get install {names}" for program, names in packages(targets) if not have(program)
    ]
    if os.geteuid() != 0 and any(target.architecture == "i386" for target in targets):
        lacking.append("the 32-bit Wine lives in a chroot: run as root, or give --only win64")
    return lacking


def have(program: str) -> bool:
    # debootstrap lies where only root looks
    return shutil.which(program, path=os.environ.get("PATH", "/usr/bin:/bin") + ":/usr/sbin:/sbin") is not None


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Two runs in one checkout would stop each other's Wine."""
    BUILD.mkdir(exist_ok=True)
    with open(BUILD / "windows.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("another make test-windows runs in this checkout; waiting for its end", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def run_all(kit: Path, targets: list[Windows], more: list[str] | None, *, everything: bool) -> int:
    """All targets side by side, each in its own Wine. The highest exit status."""
    outcome: dict[str, int] = {}

    def run(target: Windows) -> None:
        try:
            outcome[target.name] = prepare(kit, target) or (
                0 if more is None else run_tests(target, more, everything=everything)
            )
        finally:
            stop(target)

    threads = [threading.Thread(target=run, args=(target,)) for target in targets]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    except BaseException:  # Ctrl+C, or ended from outside: no Wine is left behind
        for target in targets:
            stop(target)
        raise
    return max(outcome.get(target.name, 1) for target in targets)


def prepare(kit: Path, target: Windows) -> int:
    """Makes or completes the folder, in a few seconds when nothing changed; the exit status of that."""
    start = time.monotonic()
    command = [str(kit / "make-wine-python.sh"), "-o", str(target.folder), "-v", target.version]
    command += ["-a", target.architecture, "-r", str(target.requirements)]
    # The virtual environment's pip: Debian's may be missing, and is older.
    path = os.pathsep.join(
        [str(Path(sys.executable).parent), os.environ.get("PATH", "/usr/bin:/bin"), "/usr/sbin:/sbin"]
    )
    status, output = bounded(command, PREPARE_S, {"PATH": path})
    if status:
        say(target, f"could not be made (status {status})", output)
    else:
        say(target, f"is ready ({time.monotonic() - start:.0f} s)")
    return status


def run_tests(target: Windows, more: list[str], *, everything: bool) -> int:
    """The exit status of pytest on this Python."""
    environment = {
        "WINRUN_ENV": " ".join(HANDED_ON),
        "WINRUN_TIMEOUT": str(TESTS_S),
        "PYTHONDONTWRITEBYTECODE": "1",
        "GAPWATCH_TEST_CERTIFICATES": str(CERTIFICATES),
        "HYPOTHESIS_STORAGE_DIRECTORY": str(target.folder / "hypothesis"),
    }
    rooms: list[str] = []
    if not any(not word.startswith("-") and (ROOT / word.split("::")[0]).exists() for word in more):
        rooms = [room for room in ROOMS if (ROOT / room).is_dir()]
        rooms += [] if everything else target.left_out
    start = time.monotonic()
    memory = Path(f"/dev/shm/gapwatch-{target.name}-{os.getpid()}")  # noqa: S108 made 0700 by pytest; fsync is free there
    if memory.parent.is_dir():
        rooms.append("--basetemp=Z:" + str(memory).replace("/", "\\"))
    command = [target.winrun, "python", "-B", "-m", "pytest", *PYTEST, *rooms, *more]
    status, output = bounded(command, TESTS_S + 60, environment)
    stop(target)  # else its programs go on writing there
    shutil.rmtree(memory, ignore_errors=True)
    if status == 124:
        output += f"\nstopped: not done after {TESTS_S} s"
    elif status == 0 and not SUMMARY.search(output):  # a Wine that is stopped ends its programs with 0
        status = 1
        output += "\nended before pytest had done: somebody stopped this Wine"
    verdict = "passed" if status == 0 else f"FAILED, status {status}"
    taken = f"{time.monotonic() - start:.0f} s"
    say(target, f"(Python {target.version}, {target.architecture}): {verdict} in {taken}", NOISE.sub("", output))
    return status


def say(target: Windows, text: str, output: str = "") -> None:
    """One print each, so that two targets do not mix their lines."""
    print((output.rstrip() + "\n" if output else "") + f"== {target.name} {text}", flush=True)


def stop(target: Windows) -> None:
    """Ends the Wine session, and with it whatever still runs in it."""
    if Path(target.winrun).exists():
        bounded([target.winrun, "stop"], 120, {})


def bounded(command: list[str], limit_s: float, environment: dict[str, str]) -> tuple[int, str]:
    """(exit status, output with errors); status 124 when the time was over, as timeout(1) says it.

    The output goes to a file: what a Windows program starts in passing (the desktop, for one) keeps a pipe open as long
    as the Wine session lives."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
        try:
            status = process.wait(limit_s)
        except BaseException as error:  # also when a person presses Ctrl+C
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if not isinstance(error, subprocess.TimeoutExpired):
                raise
            status = 124
        log.seek(0)
        return status, log.read().decode("utf-8", "replace")


def make_certificates() -> None:
    """Wine has no openssl: a certificate for localhost, made here for this run, is handed to the tests."""
    CERTIFICATES.mkdir(parents=True, exist_ok=True)
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    command += ["-out", str(CERTIFICATES / "cert.pem"), "-keyout", str(CERTIFICATES / "key.pem")]
    subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
