"""The master secret: 32 random bytes in a file that only the collector's user may read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

SIZE = 32


class MasterKeyError(Exception):
    """The master secret cannot be used; str() says what to do."""


def load_or_create(path: Path) -> bytes:
    """Reads the secret, or makes one at the very first start. Raises MasterKeyError.

    Losing it means that every agent has to be enrolled again, so it is never overwritten.
    """
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        return _create(path)
    except OSError as error:
        raise MasterKeyError(f"master_key_file: {path} cannot be read ({error.strerror}); check its rights") from None
    if len(key) != SIZE:
        raise MasterKeyError(
            f"master_key_file: {path} has {len(key)} bytes instead of {SIZE}; bring it back from the backup"
        )
    return key


def _create(path: Path) -> bytes:
    key = secrets.token_bytes(SIZE)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(temporary, path)  # fails when another process was first: then its secret counts
        except FileExistsError:
            return path.read_bytes()
        finally:
            temporary.unlink()
    except OSError as error:
        raise MasterKeyError(
            f"master_key_file: {path} cannot be written ({error.strerror}); check its folder's rights and free space"
        ) from None
    return key
