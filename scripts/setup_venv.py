"""Makes the virtual environment with exactly the pinned packages. Run by make; needs only Python 3.11 or newer.

    python3 scripts/setup_venv.py .venv
"""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".venv")
    if sys.version_info < (3, 11):
        print(f"Gapwatch needs Python 3.11 or newer, this is {sys.version.split()[0]}.\n"
              "Install one, then run: make PYTHON=python3.11 run")
        return 1
    python = folder / "bin" / "python"
    if not python.exists():
        print(f"Creating {folder} ...", flush=True)
        if not _create(folder):
            return 1
    print("Installing the pinned packages (about a minute the first time) ...", flush=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "-r", str(ROOT / "requirements.lock"), "-r", str(ROOT / "requirements-dev.lock")], check=True)
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", "-e", str(ROOT)], check=True)
    return 0


def _create(folder: Path) -> bool:
    try:
        import ensurepip  # noqa: F401  (Debian packs it apart from Python)
    except ImportError:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        print(f"This Python has no ensurepip. Install it with: apt-get install python{version}-venv")
        return False
    venv.create(folder, with_pip=True, clear=False, symlinks=True)
    return True


if __name__ == "__main__":
    sys.exit(main())
