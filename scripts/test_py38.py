"""Runs the agent's tests on a real Python 3.8, the last for Windows 7; says so plainly when there is none.

make test-py38
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from glob import glob
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv38"
TESTS = ["pytest==8.3.5", "hypothesis==6.113.0", "pytest-timeout==2.3.1", "scapy==2.8.0"]


def find_python() -> str | None:
    """A Python 3.8: GAPWATCH_PYTHON38, on PATH, or where pyenv keeps its versions."""
    places = [os.environ.get("GAPWATCH_PYTHON38"), shutil.which("python3.8")]
    places += sorted(glob(os.path.expanduser("~/.pyenv/versions/3.8.*/bin/python")), reverse=True)
    for place in places:
        if place and _is_38(place):
            return place
    return None


def _is_38(python: str) -> bool:
    code = "import sys; print(sys.version_info[:2] == (3, 8))"
    result = subprocess.run([python, "-c", code], capture_output=True, text=True)
    return result.stdout.strip() == "True"


def main() -> int:
    python = find_python()
    if python is None:
        print("No Python 3.8 found: set GAPWATCH_PYTHON38, or install one with: pyenv install 3.8")
        return 1 if os.environ.get("GAPWATCH_REQUIRE_ALL") == "1" and os.environ.get("GAPWATCH_PYTHON38") else 0
    own = VENV / "bin" / "python"
    lock = ROOT / "agent" / "requirements-py38.lock"
    done = VENV / ".installed"  # what was installed: anything newer is installed again
    wanted = lock.read_bytes() + "\n".join(TESTS).encode()
    if not own.exists() or not done.exists() or done.read_bytes() != wanted:
        subprocess.run([python, "-m", "venv", str(VENV)], check=True)
        pip = [str(own), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "-r", str(lock), *TESTS], check=True)
        done.write_bytes(wanted)
    rooms = ["tests/agent", "tests/snmp", "tests/scan"]
    pytest = [str(own), "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    return subprocess.run([*pytest, *rooms, *sys.argv[1:]], cwd=ROOT).returncode


if __name__ == "__main__":
    sys.exit(main())
