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
        print(
            f"Gapwatch cần Python 3.11 trở lên, máy này có {sys.version.split()[0]}.\n"
            "Hãy cài bản mới hơn rồi chạy: make PYTHON=python3.11 run"
        )
        return 1
    python = folder / "bin" / "python"
    if not python.exists():
        print(f"Đang tạo {folder} ...", flush=True)
        if not _create(folder):
            return 1
    print("Đang cài các gói cần thiết (lần đầu khoảng một phút) ...", flush=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    wanted = ["-r", str(ROOT / "requirements.lock"), "-r", str(ROOT / "requirements-dev.lock")]
    for arguments in (wanted, ["--no-deps", "--no-build-isolation", "-e", str(ROOT)]):
        if subprocess.run([*pip, *arguments]).returncode:
            print("Không cài được gói (lỗi ở trên). Kiểm tra mạng hoặc kho gói của pip rồi chạy lại lệnh make.")
            return 1
    return 0


def _create(folder: Path) -> bool:
    try:
        import ensurepip  # noqa: F401  (Debian packs it apart from Python)
    except ImportError:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        print(f"Thiếu gói venv của Python. Hãy cài: apt-get install python{version}-venv")
        return False
    venv.create(folder, with_pip=True, clear=False, symlinks=True)
    return True


if __name__ == "__main__":
    sys.exit(main())
