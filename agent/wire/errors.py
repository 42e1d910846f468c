"""What can be wrong with bytes or objects on the wire.

WireError
├── FrameError      the sealed envelope is not readable (magic, length, truncated)
├── SealError       the HMAC does not match the agent's key
├── LimitError      too large, too deep, or expands too far
└── FieldError      the JSON inside breaks the contract; names the field
"""

from __future__ import annotations


class WireError(ValueError):
    """Root of all wire errors. `code` is stable and safe to show; str() explains."""

    code = "wire"


class FrameError(WireError):
    code = "frame"


class SealError(WireError):
    code = "seal"


class LimitError(WireError):
    code = "limit"


class FieldError(WireError):
    code = "field"

    def __init__(self, path: str, problem: str) -> None:
        super().__init__("{}: {}".format(path or "(root)", problem))
        self.path = path
        self.problem = problem
