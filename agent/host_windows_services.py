"""The state of Windows services, asked of the service control manager by ctypes; no administrator rights needed."""

from __future__ import annotations

import ctypes
import sys
from ctypes import wintypes
from typing import Optional

assert sys.platform == "win32"  # for type checkers: the rest is read as Windows code

_CONNECT = 0x0001  # SC_MANAGER_CONNECT
_QUERY_STATUS = 0x0004  # SERVICE_QUERY_STATUS
_RUNNING = 4  # SERVICE_RUNNING


class _Status(ctypes.Structure):
    """SERVICE_STATUS"""

    _fields_ = [
        (name, wintypes.DWORD)
        for name in ("kind", "state", "accepted", "exit_code", "own_exit_code", "check_point", "wait_hint")
    ]


_advapi32 = ctypes.WinDLL("advapi32", use_last_error=True)
_advapi32.OpenSCManagerW.restype = wintypes.HANDLE
_advapi32.OpenSCManagerW.argtypes = [wintypes.LPCWSTR, wintypes.LPCWSTR, wintypes.DWORD]
_advapi32.OpenServiceW.restype = wintypes.HANDLE
_advapi32.OpenServiceW.argtypes = [wintypes.HANDLE, wintypes.LPCWSTR, wintypes.DWORD]
_advapi32.QueryServiceStatus.argtypes = [wintypes.HANDLE, ctypes.POINTER(_Status)]
_advapi32.CloseServiceHandle.argtypes = [wintypes.HANDLE]


def running(name: str) -> Optional[bool]:
    """None: there is no such service, or we may not ask."""
    manager = _advapi32.OpenSCManagerW(None, None, _CONNECT)
    if not manager:
        return None
    try:
        service = _advapi32.OpenServiceW(manager, name, _QUERY_STATUS)
        if not service:
            return None
        status = _Status()
        try:
            told = _advapi32.QueryServiceStatus(service, ctypes.byref(status))
        finally:
            _advapi32.CloseServiceHandle(service)
        return status.state == _RUNNING if told else None
    finally:
        _advapi32.CloseServiceHandle(manager)
