"""`gapwatch-agent probe`: one measurement now, printed and sent to nobody. For support by telephone, and for scripts.

`probe snmp` is called by the hundred: it imports little, and the work is done by a child process (snmp/child.py) of low
priority that is killed at the deadline, so no device can hang it.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Optional

from .errors import AgentError
from .process import child_env, own_command, run_process
from .snmp.target import Credential, Target, TargetError, check, parse_target

if TYPE_CHECKING:
    from .settings import Settings

Say = Callable[[str], None]

ASK_S = 20.0  # for all requests of one kind; --details asks twice
START_S = 10.0  # an old PC starts Python and reads the families
MAX_TIMEOUT_S = 30.0

FIELDS = ("vendor", "type", "os", "hardware", "version", "serial", "name")
_LABELS = {
    "vendor": "Hãng", "type": "Loại", "os": "Hệ điều hành", "hardware": "Kiểu máy", "version": "Phiên bản",
    "serial": "Số sê-ri", "name": "Tên",
}  # fmt: skip
_TYPES = {
    "router": "bộ định tuyến", "switch": "bộ chuyển mạch", "firewall": "tường lửa", "wireless": "thiết bị Wi-Fi",
    "modem": "modem", "printer": "máy in", "ups": "bộ lưu điện", "pdu": "thanh nguồn", "nas": "máy lưu trữ mạng",
    "server": "máy chủ", "workstation": "máy trạm", "camera": "camera", "phone": "điện thoại", "conference": "thiết bị hội nghị",
    "loadbalancer": "cân bằng tải", "environment": "cảm biến môi trường", "power": "nguồn điện", "optical": "thiết bị quang",
    "storage": "thiết bị lưu trữ", "console": "bàn điều khiển từ xa", "appliance": "thiết bị khác",
}  # fmt: skip
_BATTERY = {"normal": "bình thường", "low": "yếu", "depleted": "cạn"}
_UNKNOWN = "không rõ"


class NoAnswerError(AgentError):
    """The device did not answer, or could not be asked."""


def snmp(options: argparse.Namespace, say: Say) -> int:
    """Asks one device. Prints one JSON object with --json, whatever happens."""
    try:
        answer = _asked(options)
    except AgentError as error:
        if options.json:
            say(nothing_known(options.details))
        say_error(error)
        return error.exit_code
    printed = _printed(answer["identity"], answer["info"], options.details)
    if options.json:
        say(_json(printed))
    else:
        for line in _table(printed):
            say(line)
    return 0


def nothing_known(details: bool) -> str:
    """The object that `probe snmp --json` prints when there is no answer."""
    return _json(_printed({}, {}, details))


def say_error(error: AgentError) -> None:
    say_note("Lỗi: {}".format(error))


def say_note(text: str) -> None:
    from .cli import say

    say(text, sys.stderr)


def _asked(options: argparse.Namespace) -> Dict[str, Any]:
    """The child's answer. Raises NoAnswerError and TargetError."""
    target, credential = _target(options), _credential(options)
    timeout_s = _timeout(options.timeout)
    question = {
        "target": {"host": target.host, "port": target.port},
        "credential": credential.plain(),
        "timeout_s": timeout_s,
        "details": options.details,
        "deadline_s": ASK_S,
    }
    # twice: a silent device costs two requests of v2c and one of v1 before it is given up
    total_s = START_S + 4 * timeout_s + ASK_S * (2 if options.details else 1)
    command = own_command("agent.snmp.child", "snmp-child")
    run = run_process(command, total_s, json.dumps(question).encode("ascii"), child_env(), low=True)
    if run.timed_out:
        raise NoAnswerError(
            "Hỏi {} quá {:g} giây mà chưa xong".format(target, total_s), "Thử lại sau, hoặc xem thiết bị có treo"
        )
    try:
        answer = json.loads(run.out.decode("utf-8"))
        if answer.get("error"):
            raise NoAnswerError(str(answer["error"]))
        if answer["identity"] is None:
            raise _no_answer(target, credential, str(answer["trouble"]), bool(answer["refused"]))
    except (ValueError, KeyError, AttributeError) as error:
        reason = run.err.splitlines()[-1] if run.err else type(error).__name__
        raise NoAnswerError(
            "Tiến trình hỏi SNMP không chạy được: {}".format(reason), "Chạy: gapwatch-agent doctor"
        ) from None
    return dict(answer)


def _timeout(text: Optional[str]) -> float:
    try:
        seconds = 2.0 if text is None else float(text.replace(",", "."))
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= MAX_TIMEOUT_S:
        raise TargetError(
            "--timeout «{}» không dùng được".format(text), "Ghi số giây, từ 0,1 đến {:g}".format(MAX_TIMEOUT_S)
        )
    return seconds


def _target(options: argparse.Namespace) -> Target:
    if not options.target:
        raise TargetError("Chưa có --target", "Ghi địa chỉ thiết bị, ví dụ --target 192.168.1.1:161")
    return parse_target(options.target)


def _credential(options: argparse.Namespace) -> Credential:
    names = ("community", "v3_user", "v3_auth", "v3_auth_key", "v3_priv", "v3_priv_key")
    return check(Credential(*(getattr(options, name) or "" for name in names)))


def _no_answer(target: Target, credential: Credential, trouble: str, refused: bool) -> NoAnswerError:
    if refused:
        return NoAnswerError("{} không mở SNMP".format(target), "Bật SNMP trên thiết bị, hoặc kiểm tra lại cổng")
    if "unreachable" in trouble.lower() or "no route" in trouble.lower():
        return NoAnswerError("Không có đường mạng tới {}".format(target), "Kiểm tra dây mạng và địa chỉ")
    if credential.user and trouble and "timeout" not in trouble.lower():
        return NoAnswerError(
            "{} từ chối người dùng SNMP v3 ({})".format(target, trouble[:120]),
            "Kiểm tra tên, kiểu và khóa của --v3-...",
        )
    what = "tên và khóa SNMP v3" if credential.user else "chuỗi cộng đồng"
    return NoAnswerError(
        "{} không trả lời SNMP".format(target) + (" ({})".format(trouble[:120]) if trouble else ""),
        "Kiểm tra địa chỉ, {}, và danh sách máy được phép hỏi trên thiết bị".format(what),
    )


def _printed(identity: Dict[str, Any], info: Dict[str, Any], details: bool) -> Dict[str, Any]:
    printed: Dict[str, Any] = {key: identity.get(key) for key in FIELDS}
    printed["evidence"] = identity.get("evidence", [])
    if details:
        printed["ports"] = info.get("ports", [])
        printed["supplies"] = info.get("supplies", [])
        printed["battery"] = info.get("battery")
        printed["counters"] = {"pages": info.get("pages")}
        printed["location"] = info.get("location")
    return printed


def _json(value: Any) -> str:
    # Escapes: whatever code page the console or the pipe has, what reads it gets the same text.
    return json.dumps(value, ensure_ascii=True)


def _table(printed: Dict[str, Any]) -> List[str]:
    lines = []
    for key in FIELDS:
        value = printed[key]
        if key == "type" and value:
            value = _TYPES.get(value, value)
        lines.append("{:<14} {}".format(_LABELS[key], value or _UNKNOWN))
    for port in printed.get("ports", []):
        speed = "{} Mbit/s".format(port["speed_mbps"]) if port.get("speed_mbps") else _UNKNOWN
        state = {True: "đang nối", False: "không nối"}.get(port.get("is_up"), _UNKNOWN)
        errors = "lỗi {}, bỏ {}".format(*(_UNKNOWN if port.get(k) is None else port[k] for k in ("errors", "discards")))
        lines.append(
            "{:<14} {} {}: {}, {}, {}".format("Cổng", port["index"], port.get("name", ""), state, speed, errors)
        )
    for supply in printed.get("supplies", []):
        left = "còn {} %".format(supply["percent"]) if "percent" in supply else _UNKNOWN
        lines.append("{:<14} {}: {}".format("Vật tư in", supply["name"], left))
    if printed.get("battery"):
        lines.append("{:<14} {}".format("Ắc quy", _battery_text(printed["battery"])))
    if printed.get("counters", {}).get("pages") is not None:
        lines.append("{:<14} {}".format("Trang đã in", printed["counters"]["pages"]))
    lines.append("Căn cứ:")
    for row in printed["evidence"]:
        about = ", ".join(_LABELS[key].lower() for key in row["fields"] if key in _LABELS)
        source = "luật {}".format(row["rule"]) if "rule" in row else "{} = {}".format(row["object"], row["value"])
        lines.append("  {}{}".format(source, " ({})".format(about) if about else ""))
    return lines


def _battery_text(battery: Dict[str, Any]) -> str:
    parts = [_BATTERY.get(battery.get("status", ""), "")]
    parts.append("còn {} %".format(battery["percent"]) if "percent" in battery else "")
    parts.append("dùng được {} phút".format(battery["minutes_left"]) if "minutes_left" in battery else "")
    parts.append("đang chạy ắc quy {} giây".format(battery["on_battery_s"]) if battery.get("on_battery_s") else "")
    parts.append("cần thay" if battery.get("replace") else "")
    return ", ".join(part for part in parts if part) or _UNKNOWN


def names(say: Say) -> int:
    """The probes that can be run."""
    from . import words
    from .service import probes_table

    say("{:<14} {}".format("snmp", "hỏi một thiết bị mạng (cần --target)"))
    say("{:<14} {}".format("stamp", "gửi gói thử tới máy chủ: độ trễ, mất gói từng chiều"))
    say("{:<14} {}".format("ndt7", "đo tốc độ đường truyền với máy chủ"))
    for name in probes_table():
        say("{:<14} {}".format(name, words.SECTIONS.get(name, name)))
    return 0


def run(name: str, load: Callable[[], Settings], as_json: bool, say: Say) -> int:
    """Runs one probe of the table and prints its section: with as_json as JSON alone, else with status and log."""
    from . import words
    from .host import Host
    from .identity import State
    from .probe import ProbeContext, ProbeResult
    from .runner import run_probe
    from .service import probe_settings, probes_table

    table = probes_table()
    if name not in table:
        raise TargetError("Không có phép đo «{}»".format(name), "Chọn một trong: snmp, " + ", ".join(table))
    settings = load()
    policy = State(settings.state_dir).policy()
    result: ProbeResult = run_probe(table[name], ProbeContext(Host(), policy, probe_settings(settings)))
    if as_json:
        say(_json(result.data))
        if result.error and result.status == "no_data":  # nothing is wrong: the exit code is 0
            say_note("{}: {}".format(words.STATUSES[result.status].capitalize(), result.error))
        elif result.error:
            say_error(NoAnswerError("{}: {}".format(words.STATUSES[result.status], result.error)))
    else:
        for line in result_lines(result):
            say(line)
    return 0 if result.status in ("ok", "no_data") else 1


def result_lines(result: Any, label: Optional[str] = None) -> List[str]:
    """A probe's result for people: status, reason, log, data."""
    from . import words

    label = label or words.SECTIONS.get(result.name, result.name)
    lines = ["{} ({}): {}, {} ms".format(label, result.name, words.STATUSES[result.status], result.duration_ms)]
    lines += ["Lý do: {}".format(result.error)] if result.error else []
    lines += ["| {}".format(line) for line in result.log]
    return lines + ([json.dumps(result.data, ensure_ascii=False, indent=2)] if result.data is not None else [])
