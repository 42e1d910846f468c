"""A certificate for localhost and 127.0.0.1, made for one run."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Tuple

from tests import need


def make(folder: Path) -> Tuple[str, str]:
    """(certificate, key) as PEM files. Under Wine, where no openssl is, scripts/test_windows.py hands them in."""
    given = os.environ.get("GAPWATCH_TEST_CERTIFICATES")
    if given:
        return os.path.join(given, "cert.pem"), os.path.join(given, "key.pem")
    program = shutil.which("openssl")
    if program is None:
        need.missing("openssl", "apt-get install openssl")
    pair = str(folder / "cert.pem"), str(folder / "key.pem")
    command = [program, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    command += ["-out", pair[0], "-keyout", pair[1]]
    subprocess.run(command, check=True, capture_output=True)
    return pair
