"""What only Windows can tell of firmware: SMBIOS table, ACPI tables, firmware type, TPM, devices that are there now.

By ctypes. Nothing needs administrator rights. Windows 7 lacks some of the functions: then the answer is "not known".
"""

from __future__ import annotations

import ctypes
import sys
from ctypes import wintypes
from typing import List, Optional, Tuple

assert sys.platform == "win32"  # for type checkers: the rest is read as Windows code

_kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
_MAX_TABLE = 1024 * 1024
_RSMB, _ACPI = 0x52534D42, 0x41435049  # 'RSMB', 'ACPI'
_NO_GUID = "{00000000-0000-0000-0000-000000000000}"
_ERROR_INVALID_FUNCTION, _ERROR_NOACCESS = 1, 998
_TBS_NOT_FOUND = 0x8028400F
_CR_SUCCESS, _CR_NO_SUCH_DEVICE = 0x00, 0x0D


def firmware_table() -> Optional[bytes]:
    """RawSMBIOSData, header included; None when there is none."""
    ask = _kernel32.GetSystemFirmwareTable
    ask.restype = wintypes.UINT
    size = ask(_RSMB, 0, None, 0)
    if not 0 < size <= _MAX_TABLE:
        return None
    buffer = ctypes.create_string_buffer(size)
    return buffer.raw if ask(_RSMB, 0, buffer, size) == size else None


def acpi_tables() -> List[str]:
    """Four-letter names of the ACPI tables: "FACP", "TPM2"."""
    ask = _kernel32.EnumSystemFirmwareTables
    ask.restype = wintypes.UINT
    size = ask(_ACPI, None, 0)
    if not 0 < size <= 64 * 1024:
        return []
    buffer = ctypes.create_string_buffer(size)
    if ask(_ACPI, buffer, size) != size:
        return []
    rows = [buffer.raw[at : at + 4] for at in range(0, size - size % 4, 4)]
    return sorted({row.decode("ascii", "replace").strip("\x00 ") for row in rows})


def firmware_type() -> str:
    """uefi | bios: how the running Windows was started; "" when it does not tell."""
    try:
        kind = wintypes.DWORD()
        done = _kernel32.GetFirmwareType(ctypes.byref(kind))
        return {1: "bios", 2: "uefi"}.get(kind.value, "") if done else ""
    except AttributeError:  # before Windows 8
        pass
    # Asked for a variable that cannot be, a BIOS says that it has no such thing, a UEFI looks for it and stumbles.
    ask = _kernel32.GetFirmwareEnvironmentVariableW
    ask.argtypes = [wintypes.LPCWSTR, wintypes.LPCWSTR, wintypes.LPVOID, wintypes.DWORD]
    if ask("", _NO_GUID, None, 0) != 0:
        return ""
    return {_ERROR_INVALID_FUNCTION: "bios", _ERROR_NOACCESS: "uefi"}.get(ctypes.get_last_error(), "")


def tpm_device() -> Optional[Tuple[int, int]]:
    """(result code of the TPM Base Services, TPM version: 1 for 1.2, 2 for 2.0, 0 not told); None when this Windows
    cannot tell."""
    try:
        services = ctypes.WinDLL("tbs")
        ask = services.Tbsi_GetDeviceInfo
    except AttributeError:
        return _tpm_by_context()  # Windows 7
    except OSError:
        return None
    ask.restype = ctypes.c_uint32
    info = (ctypes.c_uint32 * 4)(1)  # TPM_DEVICE_INFO: structure version, TPM version, interface, revision
    code = int(ask(ctypes.sizeof(info), ctypes.byref(info)))
    return code, int(info[1]) if code == 0 else 0


def _tpm_by_context() -> Optional[Tuple[int, int]]:
    """The older way. That Windows does not know version 2.0: when it finds nothing, nothing is known."""
    try:
        services = ctypes.WinDLL("tbs")
        create, close = services.Tbsi_Context_Create, services.Tbsip_Context_Close
    except (AttributeError, OSError):
        return None
    create.restype = ctypes.c_uint32
    create.argtypes = [ctypes.c_void_p, ctypes.POINTER(ctypes.c_void_p)]
    close.argtypes = [ctypes.c_void_p]
    context, parameters = ctypes.c_void_p(), (ctypes.c_uint32 * 1)(1)
    code = int(create(parameters, ctypes.byref(context)))
    if code == 0:
        close(context)
    return None if code == _TBS_NOT_FOUND else (code, 0)


def device_present(instance: str) -> Optional[bool]:
    r"""Whether a device of the registry's Enum branch (DISPLAY\DEL4061\4&2c...) is there now; None: not known."""
    try:
        locate = ctypes.WinDLL("cfgmgr32").CM_Locate_DevNodeW
    except (AttributeError, OSError):
        return None
    locate.restype = ctypes.c_uint32
    locate.argtypes = [ctypes.POINTER(wintypes.DWORD), wintypes.LPCWSTR, wintypes.ULONG]
    code = locate(ctypes.byref(wintypes.DWORD()), instance, 0)  # CM_LOCATE_DEVNODE_NORMAL: only what is there
    return {_CR_SUCCESS: True, _CR_NO_SUCH_DEVICE: False}.get(code)
