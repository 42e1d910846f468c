"""`gapwatch-agent show`: exactly what would be sent, in Vietnamese, for the person whose PC it is."""

from __future__ import annotations

import contextlib
import dataclasses
import time
import typing
from typing import Any, Callable, Iterator, Mapping

from . import __version__, report, words
from .errors import StateError
from .host import Host
from .identity import Identity, Sequence, State
from .settings import Settings
from .wire import seal
from .wire.exchange import AgentPolicy
from .wire.report import Report, Section, report_to_bytes
from .wire.sections import SECTIONS

_NOBODY = Identity("0" * 32, "0" * 64, 0)
_VALUE_TEXTS = (
    "ended",
    "ups",
    "kind",
    "duplex",
    "last_shutdown",
    "off",
    "stopped",
    "health",
    "tpm_state",
    "automatic_updates",
)
_ONLY_WHEN_SO = (
    "off",
    "stopped",
    "pending_reboot_reasons",
    "wmi_error",
    "ended",
    "ups",
)  # why something is not done: empty is good news, not "unknown"
# Lists that tell nothing by being empty, unless another field says that the question was asked ("": there is none).
_ASKED = {
    "dhcp_offers": "dhcp_asked",
    "antimalware": "antimalware_asked",
    "firewall": "",
    "doors": "",
    "name_checks": "",
}

Say = Callable[[str], None]


def show(settings: Settings, as_json: bool, say: Say) -> int:
    """Measures now and prints the report that an inventory would send. Nothing is sent, no number is used up."""
    from . import service

    state = State(settings.state_dir)
    identity, policy = _NOBODY, AgentPolicy()
    with contextlib.suppress(StateError):  # a clerk may see what is sent, though not the key that seals it
        policy = state.policy()
        identity = state.identity()
    host = Host()
    off = set(settings.disabled_probes) | set(policy.disabled_probes)
    results = service.measurer(host, settings)([name for name in service.loop_probes() if name not in off], policy)
    header = report.Header(
        identity.agent_id, host.boot_id(), Sequence(state).last + 1, round(host.now(), 1),
        round(host.monotonic_s(), 1), "inventory", __version__, policy.version,
    )  # fmt: skip
    made = report.build(header, results, report.Memory())
    plain = report_to_bytes(made)
    if as_json:
        say(plain.decode("utf-8"))
        return 0
    frame = seal.seal(plain, identity.agent_id, bytes.fromhex(identity.key), identity.key_generation)
    for line in lines(made, identity is not _NOBODY, len(plain), len(frame)):
        say(line)
    for line in way_lines(settings, state):
        say(line)
    return 0


def lines(made: Report, enrolled: bool, plain_bytes: int, sent_bytes: int) -> Iterator[str]:
    """The report as lines of text."""
    yield "Dưới đây là toàn bộ nội dung sẽ được gửi. Không có tên tệp, tài liệu, lịch sử truy cập hay mật khẩu."
    if not enrolled:
        yield "Máy này chưa ghi danh, hoặc chỉ quản trị mới đọc được định danh: mã máy bên dưới là chỗ trống."
    yield ""
    for name, label in words.HEADER.items():
        yield "{}: {}".format(label, _header_value(name, getattr(made, name)))
    for name, section in made.sections.items():
        yield ""
        yield from _section(name, section)
    yield ""
    yield "Báo cáo JSON: {} byte. Sau khi nén và niêm phong, gửi đi: {} byte.".format(
        _number(plain_bytes), _number(sent_bytes)
    )
    yield "Phần nào máy chủ đã có và không đổi thì lần sau chỉ gửi mã băm."


def way_lines(settings: Settings, state: State) -> Iterator[str]:
    """Where it goes: the address in use, and why others are not."""
    from .roads import last_way

    server, relay, failed = last_way(state)
    if relay:
        yield "Gửi qua máy chuyển tiếp {}; máy đó không đọc được nội dung.".format(relay)
    else:
        yield "Gửi tới: {}".format(server or ", ".join(settings.servers) or "chưa có địa chỉ, mang bằng USB")
    for address, why in failed:
        yield "   Không dùng được {}: {}".format(address, why)


def _section(name: str, section: Section) -> Iterator[str]:
    title = words.SECTIONS.get(name, name)
    took = "{} ms".format(_number(section.duration_ms))
    yield "== {} ({}) – {}, {}".format(title, name, words.STATUSES.get(section.status, section.status), took)
    if section.error:
        yield "   Lý do: {}".format(section.error)
    if section.hash:
        yield "   Mã băm: {}".format(section.hash)
    kind = SECTIONS.get(name)
    if section.data is not None and kind is not None:
        yield from _fields(kind, section.data, "   ")


def _fields(kind: type, data: Mapping[str, Any], indent: str) -> Iterator[str]:
    labels = words.FIELDS.get(kind.__name__, {})
    hints = typing.get_type_hints(kind)
    known = [field.name for field in dataclasses.fields(kind)]
    for name in known + [name for name in data if name not in known]:
        label = labels.get(name, name)
        value = data.get(name, _default(kind, name))
        row = _row_kind(hints.get(name))
        if name in _ONLY_WHEN_SO and not value:
            continue
        if row is not None and isinstance(value, dict):
            yield "{}{}:".format(indent, label)
            yield from _fields(row, value, indent + "    ")
        elif row is not None and value:
            yield "{}{}:".format(indent, label)
            for number, item in enumerate(value, 1):
                yield "{}  ({})".format(indent, number)
                yield from _fields(row, item, indent + "    ")
        elif row is not None and value is not None and (name not in _ASKED or data.get(_ASKED[name]) is True):
            yield "{}{}: {}".format(indent, label, words.NONE_OF.get(name, words.NONE_SEEN))
        else:
            yield "{}{}: {}".format(indent, label, value_text(name, value))


def _default(kind: type, name: str) -> Any:
    return next((field.default for field in dataclasses.fields(kind) if field.name == name), None)


def _row_kind(hint: Any) -> Any:
    """The dataclass of a field that is a tuple of them, or one that may be missing."""
    args = getattr(hint, "__args__", ())
    return args[0] if args and dataclasses.is_dataclass(args[0]) else None


def value_text(name: str, value: Any) -> str:
    """One value for people. Unknown is said to be unknown, never "không có"."""
    if isinstance(value, bool):
        return "có" if value else "không"
    if value is None or value == "" or value == ():
        return words.UNKNOWN
    if isinstance(value, (list, tuple)):
        return ", ".join(str(item) or "?" for item in value) or words.UNKNOWN
    if name.endswith("_bytes") and isinstance(value, int):
        return "{} ({} byte)".format(_size(value), _number(value))
    if isinstance(value, float):
        return "{:.1f}".format(value).replace(".", ",")
    if name in _VALUE_TEXTS and value in words.VALUES:
        return "{} ({})".format(words.VALUES[value], value)
    return str(value)


def _header_value(name: str, value: Any) -> str:
    if name == "agent_time_s":
        return time.strftime("%d/%m/%Y %H:%M:%S", time.localtime(value))
    if name == "monotonic_s":
        return "{} giờ {} phút".format(int(value) // 3600, int(value) // 60 % 60)
    if name == "kind":
        return words.KINDS.get(value, str(value))
    return value_text(name, value)


def _size(count: float) -> str:
    units = ["byte", "KB", "MB", "GB", "TB"]
    while count >= 1024 and len(units) > 1:
        count /= 1024
        units.pop(0)
    unit = units[0]
    return "{:.1f} {}".format(count, unit).replace(".", ",").replace(",0 ", " ")


def _number(value: int) -> str:
    return "{:,}".format(value).replace(",", ".")
