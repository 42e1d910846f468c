"""The sealed form: one frame per report, the same bytes by HTTPS, relay or USB stick.

frame = "GWR1" | dictionary number u8 | key generation u16 | agent id 16 bytes | payload length u32
        | payload (zlib with a preset dictionary, of the report's JSON) | HMAC-SHA256 over all before it.
A batch is frames one after another. Integers are big-endian. The preset dictionary only saves bytes; it is part of
the contract, so a new one gets a new number and old ones stay for ever.
"""

from __future__ import annotations

import hmac
import struct
import zlib
from dataclasses import dataclass
from typing import Iterator, List

from .errors import FrameError, LimitError, SealError

MAGIC = b"GWR1"
MAX_PAYLOAD = 256 * 1024  # compressed bytes of one report
MAX_PLAIN = 2 * 1024 * 1024  # the same, expanded
MAX_BATCH = 1024 * 1024  # one upload
MAX_FRAMES = 256  # frames in one upload
CONTENT_TYPE = "application/x-gapwatch"

_HEAD = struct.Struct(">4sBH16sI")
_MAC_SIZE = 32
OVERHEAD = _HEAD.size + _MAC_SIZE

# Most frequent last: zlib finds near matches cheapest.
_DICTIONARIES = {
    1: (
        b'"chassis_serial":"","chassis_type":3,"cpu_brand":"Intel(R) Core(TM) i3- CPU @ 3.40GHz","cpu_cores":,"cpu_family":6'
        b',"cpu_max_mhz":,"cpu_model":,"cpu_sockets":1,"cpu_stepping":,"cpu_threads":,"cpu_vendor":"GenuineIntel"'
        b',"disks":[{"bus":"sata","is_system":true,"model":"","removable":true,"rotational":false,"serial":"","size_bytes":'
        b',"dmi_available":true,"is_virtual":false,"ram_bytes":,"ram_installed_bytes":,"system_model":"","system_serial":""'
        b',"system_uuid":"","system_vendor":"To be filled by O.E.M.","bios_date":"","bios_vendor":"American Megatrends Inc."'
        b',"bios_version":"","board_model":"","board_serial":"","board_vendor":"","os_name":"Windows 10 Pro","os_family":"windows"'
        b',"os_build":"19045.","os_edition":"Professional","os_id":"windows","os_release":"22H2","os_version":"10.0"'
        b',"install_date":"2020-","install_date_source":"registry","hostname":"","kernel":"","architecture":"x86_64"'
        b',"agent_python":"3.8.10","timezone_offset_min":420,"boot_time":"2026-","last_shutdown":"clean"'
        b',"last_shutdown_source":"agent_marker","last_seen_before":"2026-","on_battery":false'
        b',"interfaces":[{"duplex":"full","ipv4":["192.168.1.","/24"],"ipv6":["fe80::"],"is_up":true,"kind":"wired"'
        b',"mac_hash":"","mac_prefix":"","mtu":1500,"name":"Ethernet","speed_mbps":1000},{"rx_bytes":,"rx_dropped":0,"rx_errors":0'
        b',"tx_bytes":,"tx_dropped":0,"tx_errors":0,"gateways":[{"address":"192.168.1.1","in_arp_table":true,"interface":""'
        b',"neighbour_count":,"neighbours":[{"interface":"","mac_hash":"","dns_servers":["203.113.131.1"]'
        b',"checks":[{"error":"timeout","latency_ms":,"name":"internet","ok":true,"stage":"http","target":"https://"'
        b',"captive":false,"collector":true,"internet":true'
        b'"counters":{"data":{"neighbours":{"data":{"reach":{"data":{"uptime":{"data":{"hash":"","status":"ok"},"status":"no_data"'
        b'"duration_ms":,"error":"","hardware":{"interfaces":{"system":{"status":"failed"'
        b'{"agent_id":"","agent_time_s":17,"agent_version":"0.1.0","boot_id":"","kind":"inventory","lost_reports":'
        b',"pending_reports":,"monotonic_s":,"policy_version":1,"schema":1,"sections":{},"seq":'
        b'{"agent_id":"'
    )
}
_CURRENT_DICTIONARY = 1


@dataclass(frozen=True)
class Frame:
    """One sealed report as it travels; nothing in it is trusted before `open_frame`."""

    agent_id: str  # 32 hex digits
    key_generation: int
    dictionary: int
    raw: bytes  # the whole frame, to be kept or carried on unchanged

    @property
    def payload(self) -> bytes:
        return self.raw[_HEAD.size : -_MAC_SIZE]


def derive_key(master: bytes, agent_id: str, generation: int) -> bytes:
    """Per-agent key, 32 bytes: nothing secret about one agent has to be stored by the collector."""
    label = b"gapwatch-agent-key:" + agent_id.encode("ascii") + struct.pack(">H", generation)
    return hmac.digest(master, label, "sha256")


def seal(plain: bytes, agent_id: str, key: bytes, generation: int) -> bytes:
    """Report JSON -> frame. Raises LimitError when it is too large."""
    if len(plain) > MAX_PLAIN:
        raise LimitError("a report of {} bytes is over {}".format(len(plain), MAX_PLAIN))
    packer = zlib.compressobj(9, zlib.DEFLATED, 15, 9, zlib.Z_DEFAULT_STRATEGY, _DICTIONARIES[_CURRENT_DICTIONARY])
    payload = packer.compress(plain) + packer.flush()
    if len(payload) > MAX_PAYLOAD:
        raise LimitError("a packed report of {} bytes is over {}".format(len(payload), MAX_PAYLOAD))
    head = _HEAD.pack(MAGIC, _CURRENT_DICTIONARY, generation, bytes.fromhex(agent_id), len(payload))
    body = head + payload
    return body + hmac.digest(key, body, "sha256")


def split(batch: bytes) -> List[Frame]:
    """A batch -> its frames. Raises FrameError or LimitError; a partly good batch is refused whole."""
    frames = list(_frames(batch))
    if len(frames) > MAX_FRAMES:
        raise LimitError("more than {} reports in one upload".format(MAX_FRAMES))
    return frames


def open_frame(frame: Frame, key: bytes) -> bytes:
    """Checks the seal and returns the report's JSON. Raises SealError, LimitError, FrameError."""
    body, mac = frame.raw[:-_MAC_SIZE], frame.raw[-_MAC_SIZE:]
    if not hmac.compare_digest(hmac.digest(key, body, "sha256"), mac):
        raise SealError("the seal does not match the key of agent {}".format(frame.agent_id))
    dictionary = _DICTIONARIES.get(frame.dictionary)
    if dictionary is None:
        raise FrameError("unknown compression dictionary {}".format(frame.dictionary))
    unpacker = zlib.decompressobj(15, dictionary)
    try:
        plain = unpacker.decompress(frame.payload, MAX_PLAIN)
    except zlib.error as error:
        raise FrameError("the payload does not unpack: {}".format(error)) from None
    if unpacker.unconsumed_tail or not unpacker.eof:
        raise LimitError("the report expands to more than {} bytes or is cut short".format(MAX_PLAIN))
    return plain


def _frames(batch: bytes) -> Iterator[Frame]:
    offset = 0
    while offset < len(batch):
        if len(batch) - offset < OVERHEAD:
            raise FrameError("{} stray bytes at offset {}".format(len(batch) - offset, offset))
        magic, dictionary, generation, agent, length = _HEAD.unpack_from(batch, offset)
        if magic != MAGIC:
            raise FrameError("no report begins at offset {}".format(offset))
        if length > MAX_PAYLOAD:
            raise LimitError("a report of {} packed bytes is over {}".format(length, MAX_PAYLOAD))
        end = offset + OVERHEAD + length
        if end > len(batch):
            raise FrameError("the report at offset {} is cut short".format(offset))
        yield Frame(agent.hex(), generation, dictionary, batch[offset:end])
        offset = end
