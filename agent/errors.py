"""What can go wrong in the agent, outside the wire (wire/errors.py) and the probes.

AgentError            message and remedy, both written for the person at the PC
├── SettingsError     the settings file: unknown key, doubtful value
├── StateError        the state folder: not readable, not writable, damaged
│   ├── NotEnrolledError
│   ├── AlreadyEnrolledError
│   └── BusyError     another gapwatch-agent works in the same state folder
└── TransportError    the way to the collector; `permanent` says whether waiting can help
"""

from __future__ import annotations


class AgentError(Exception):
    """Root. str() is one line: what is wrong, then what to do."""

    exit_code = 1

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message + (". " + remedy if remedy else ""))
        self.message = message
        self.remedy = remedy


class SettingsError(AgentError):
    exit_code = 2


class StateError(AgentError):
    exit_code = 3


class NotEnrolledError(StateError):
    exit_code = 4


class BusyError(StateError):
    exit_code = 5


class AlreadyEnrolledError(StateError):
    exit_code = 7


class TransportError(AgentError):
    """A request that did not do its work. `code` is stable; `status` is 0 when no HTTP answer came."""

    exit_code = 6

    def __init__(
        self,
        message: str,
        remedy: str = "",
        permanent: bool = False,
        code: str = "network",
        status: int = 0,
        retry_after_s: float = 0.0,
    ) -> None:
        super().__init__(message, remedy)
        self.permanent = permanent
        self.unsure = False  # True: the request went out, so it may have done its work although no answer came
        self.code = code
        self.status = status
        self.retry_after_s = retry_after_s
