"""`gapwatch-agent line`: what measuring the line has cost and given. `probe stamp`, `probe ndt7`: one test now, by hand,
sent to nobody and not taken from the month's budget."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, List, Optional

from .host import Host, platform_name
from .identity import State
from .quality import budget, memory, schedule
from .quality.places import Places, places
from .quality.records import describe
from .snmp.target import TargetError, parse_target
from .wire import codec
from .wire.exchange import AgentPolicy
from .wire.sections_quality import QualityTest
from .words_quality import LEVELS, LINK_CLASSES

if TYPE_CHECKING:
    from .settings import Settings

Say = Callable[[str], None]
PROBES = ("stamp", "ndt7")
_WHY = {
    "no_server": "máy chủ của tỉnh chưa đặt nơi đo (chính sách line.reflector, line.ndt7)",
    "off": "phép đo quality đã bị tắt trong thiết đặt hoặc chính sách",
    "no_budget": "đã hết dung lượng đo của tháng này, hoặc dung lượng được cấp quá nhỏ",
    "cut_off": "báo cáo đang không tới được máy chủ; khi thông lại sẽ đo",
    "": "",
}


def run(settings: Settings, as_json: bool, say: Say) -> int:
    """Budget, spending and the last results."""
    state = State(settings.state_dir)
    policy = state.policy()
    kept = memory.read(state.kept(memory.FILE))
    traffic = memory.read_traffic(state.kept(memory.TRAFFIC_FILE))
    host = Host()
    now = schedule.When(host.boot_id(), host.monotonic_s(), host.now())
    allowed = budget.allow(policy, kept.spent, now.wall_s, (kept.down_mbps, kept.up_mbps))
    where = places(policy, _server(settings))
    if as_json:
        say(json.dumps(_plain(policy, kept, allowed, where, traffic, now), ensure_ascii=True))
        return 0
    for line in _lines(policy, kept, allowed, where, traffic, now):
        say(line)
    return 0


def probe(options: argparse.Namespace, load: Callable[[], Settings], say: Say) -> int:
    """One test by hand. Exit status 0 when it gave a figure."""
    settings = load()
    question = _stamp_question(options, settings) if options.probe == "stamp" else _speed_question(options, settings)
    from .quality import child

    rows = [codec.read(QualityTest, row) for row in child.answer(question)]
    if options.json:
        say(json.dumps({"tests": [codec.to_plain(row) for row in rows]}, ensure_ascii=True))
    else:
        for row in rows:
            say(describe(row))
            for line in _details(row):
                say("  " + line)
    return 0 if rows and all(row.outcome in ("ok", "capped") for row in rows) else 1


def _details(row: QualityTest) -> Iterator[str]:
    from .words_quality import FIELDS

    labels = FIELDS["QualityTest"]
    for name, value in codec.to_plain(row).items():
        if name not in ("id", "boot_id", "kind", "outcome", "error", "link_class", "agent_time_s", "monotonic_s"):
            shown = ("có" if value else "không") if isinstance(value, bool) else str(value).replace(".", ",")
            yield "{}: {}".format(labels[name], value if name == "server" else shown)


def _stamp_question(options: argparse.Namespace, settings: Settings) -> Dict[str, Any]:
    where = _where(settings)
    question: Dict[str, Any] = {"kind": "stamp", **_identity(options, settings)}
    if options.target:
        target = parse_target(options.target)
        question.update(host=target.host, port=target.port)
    elif where.reflector:
        question.update(host=where.reflector, port=where.reflector_port)
    else:
        raise TargetError("Chưa biết nơi gửi gói thử", "Ghi --target MÁY:CỔNG, hoặc đặt chính sách line.reflector")
    packets = _number(options.packets, "--packets", 1, 2000, 60)
    interval_ms = _number(options.interval, "--interval", 5, 10000, 200)
    size = _number(options.size, "--size", 44, 1472, 44)
    if 44 < size < 48:
        raise TargetError("--size «{}» không dùng được".format(size), "Ghi 44, hoặc từ 48 đến 1472")
    question.update(
        packets=packets, interval_s=interval_ms / 1000.0, size=size,
        server="{}:{}".format(question["host"], question["port"]),
    )  # fmt: skip
    return question


def _speed_question(options: argparse.Namespace, settings: Settings) -> Dict[str, Any]:
    where = _where(settings)
    url = options.target or where.ndt7
    if not url:
        raise TargetError("Chưa biết máy chủ đo tốc độ", "Ghi --target https://MÁY:CỔNG, hoặc đặt chính sách line.ndt7")
    if not url.startswith(("http://", "https://")):
        raise TargetError("--target «{}» không dùng được".format(url), "Ghi như https://gapwatch.tinh.gov.vn:8621")
    most = _number(options.max_mb, "--max-mb", 0, 10000, 0) * 1_000_000
    both = options.direction or "both"
    if both not in ("down", "up", "both"):
        raise TargetError("--direction «{}» không dùng được".format(both), "Ghi down, up hoặc both")
    from .service import probe_settings

    known = probe_settings(settings)
    return {
        "kind": "speed", **_identity(options, settings), "url": url, "server": url.split("://", 1)[1].split("/")[0],
        "directions": ["down", "up"] if both == "both" else [both], "max_bytes": {"down": most, "up": most},
        "settle": bool(most), "force": bool(options.force), "down_mbps": 0.0, "up_mbps": 0.0,
        "ca_file": known.ca_file, "proxy": known.proxy, "user_agent": "gapwatch-agent",
    }  # fmt: skip


def _identity(options: argparse.Namespace, settings: Settings) -> Dict[str, Any]:
    """The agent's seal; none for a reflector or server that is somebody else's."""
    own: Dict[str, Any] = {"agent_id": "", "generation": 1, "key": "", "root": "/", "platform": platform_name()}
    if not options.target or options.own:
        identity = State(settings.state_dir).identity()
        own.update(agent_id=identity.agent_id, generation=identity.key_generation, key=identity.key)
    return own


def _where(settings: Settings) -> Places:
    return places(State(settings.state_dir).policy(), _server(settings))


def _server(settings: Settings) -> str:
    from .service import probe_settings

    return probe_settings(settings).collector_url


def _number(text: Optional[str], option: str, low: int, high: int, default: int) -> int:
    if text is None:
        return default
    if not text.isdigit() or not low <= int(text) <= high:
        raise TargetError("{} «{}» không dùng được".format(option, text), "Ghi một số từ {} đến {}".format(low, high))
    return int(text)


def _lines(
    policy: AgentPolicy, kept: memory.LineState, allowed: budget.Allowance, where: Places,
    traffic: memory.TrafficState, now: schedule.When,
) -> Iterator[str]:  # fmt: skip
    yield "Gói thử (STAMP): {}".format(
        "{}:{}".format(where.reflector, where.reflector_port) if where.reflector else "không gửi"
    )
    yield "Đo tốc độ (ndt7): {}".format(where.ndt7 or "không đo")
    yield "Loại đường truyền: {}; {} máy của địa điểm chia nhau dung lượng đo".format(
        LINK_CLASSES.get(policy.line_class, policy.line_class), max(policy.line_agents, 1)
    )
    month = budget.month_of(now.wall_s)
    share = 100.0 * allowed.spent_bytes / allowed.budget_bytes if allowed.budget_bytes else 0.0
    yield "Dung lượng đo tháng {}: đã dùng {} trong {} MB ({} %)".format(
        "{}/{}".format(month[5:], month[:4]) if month else "? (đồng hồ máy sai)",
        _comma(allowed.spent_bytes / 1e6), _comma(allowed.budget_bytes / 1e6), _comma(share),
    )  # fmt: skip
    yield "Còn được: {}".format(LEVELS.get(allowed.level, allowed.level)) + _pace(allowed)
    if kept.down_mbps or kept.up_mbps:
        yield "Tốc độ biết gần nhất: xuống {} Mbit/s, lên {} Mbit/s".format(
            _comma(kept.down_mbps) if kept.down_mbps else "chưa rõ", _comma(kept.up_mbps) if kept.up_mbps else "chưa rõ"
        )
    if _WHY.get(kept.why, kept.why):
        yield "Hiện không đo: {}".format(_WHY.get(kept.why, kept.why))
    if traffic.samples:
        last = traffic.samples[-1]
        yield "Lưu lượng của máy trong {:.0f} giây gần nhất: nhận {} MB, gửi {} MB".format(
            last.seconds, _comma(last.bytes_in / 1e6), _comma(last.bytes_out / 1e6)
        )
    yield "Chờ gửi: {} kết quả đo, {} mẫu lưu lượng".format(len(kept.waiting), len(traffic.samples))
    if not kept.last:
        yield "Chưa có lần đo nào."
        return
    yield "Các lần đo gần đây (tất cả: {}):".format(memory.LOG_FILE)
    for test in kept.last[::-1]:
        yield "  " + describe(test)


def _pace(allowed: budget.Allowance) -> str:
    parts: List[str] = []
    if allowed.stamp_every_s:
        parts.append("một loạt gói thử mỗi {} phút".format(_comma(allowed.stamp_every_s / 60)))
    if allowed.tests_per_day >= 1:
        parts.append("đo tốc độ {} lần mỗi ngày làm việc".format(_comma(allowed.tests_per_day)))
    elif allowed.tests_per_day:
        parts.append("đo tốc độ {} ngày một lần".format(_comma(1 / allowed.tests_per_day)))
    return " ({})".format("; ".join(parts)) if parts else ""


def _plain(
    policy: AgentPolicy, kept: memory.LineState, allowed: budget.Allowance, where: Places,
    traffic: memory.TrafficState, now: schedule.When,
) -> Dict[str, Any]:  # fmt: skip
    return {
        "reflector": "{}:{}".format(where.reflector, where.reflector_port) if where.reflector else None,
        "ndt7": where.ndt7 or None,
        "link_class": policy.line_class,
        "agents": max(policy.line_agents, 1),
        "month": budget.month_of(now.wall_s),
        "budget_bytes": allowed.budget_bytes,
        "spent_bytes": allowed.spent_bytes,
        "level": allowed.level,
        "stamp_every_s": allowed.stamp_every_s,
        "tests_per_day": allowed.tests_per_day,
        "off": kept.why or None,
        "down_mbps": kept.down_mbps or None,
        "up_mbps": kept.up_mbps or None,
        "last": [codec.to_plain(test) for test in kept.last],
        "waiting": len(kept.waiting),
        "traffic": [codec.to_plain(sample) for sample in traffic.samples],
    }


def _comma(value: float) -> str:
    return "{:.1f}".format(value).replace(".", ",").replace(",0", "")
