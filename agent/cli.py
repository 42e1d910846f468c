"""gapwatch-agent: the commands. Exit codes: 0 done; 1 other trouble; 2 settings or command line; 3 state folder;
4 not enrolled; 5 already running; 6 the collector could not be reached or refused;
7 already enrolled.

`probe NAME` exits with 0 when the probe has data or nothing to say, 1 when it failed. `probe snmp` exits with 0 when the
device answered, 1 when it did not, 2 when the command line is wrong; with --json it prints one JSON object on stdout
in every case, without an answer one of nulls, and the reason on stderr.

Modules that cost time or memory to import are imported by the commands that need them.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, Any, Callable, Dict, NoReturn, Optional, Sequence, TextIO

from . import __version__, probe_options
from .errors import AgentError, SettingsError

if TYPE_CHECKING:
    from .settings import Settings


def main(argv: Optional[Sequence[str]] = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["probe-child"]:  # how the runner of a frozen program starts its heavy probes
        from . import probe_child

        return probe_child.main(arguments[1:])
    if arguments[:1] == ["snmp-child"]:  # the same for `probe snmp`
        from .snmp import child

        return child.main()
    if arguments[:1] == ["scan-child"]:  # and for a scan of the LAN
        from .scan import child

        return child.main()
    if arguments[:1] == ["line-child"]:  # and for a test of the line
        from .quality import child

        return child.main()
    options = _parsed(arguments)
    try:
        return int(options.command(options))
    except AgentError as error:
        say("Lỗi: {}".format(error), sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `show | head`: the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """The options. A script that asks `probe snmp --json` gets its object for a mistyped command line too."""
    try:
        return _parser().parse_args(arguments)
    except SystemExit as stop:
        if stop.code == 2 and arguments[:1] == ["probe"] and "snmp" in arguments and "--json" in arguments:
            from . import probe_command

            say(probe_command.nothing_known("--details" in arguments))
        raise


def say(text: str, stream: Optional[TextIO] = None) -> None:
    """Prints Vietnamese on whatever console there is: an old one that lacks a letter gets it without diacritics."""
    stream = stream or sys.stdout
    if stream is None:  # pythonw.exe has no console at all
        return
    # Not left to the stream: standard error would print escapes such as \u1ed7 and call that success.
    stream.write(plain(text, stream.encoding or "ascii") + "\n")
    stream.flush()


def plain(text: str, encoding: str) -> str:
    """The text with every letter that `encoding` lacks bared of its marks, or '?'."""
    try:
        text.encode(encoding)
        return text
    except UnicodeEncodeError:
        pass
    import unicodedata

    def letter(char: str) -> str:
        try:
            char.encode(encoding)
            return char
        except UnicodeEncodeError:
            bare = unicodedata.normalize("NFD", char.replace("đ", "d").replace("Đ", "D"))[0]
            return bare.encode(encoding, "replace").decode(encoding)

    return "".join(letter(char) for char in text)


class _Help(argparse.HelpFormatter):
    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: Optional[str] = None) -> None:
        super().add_usage(usage, actions, groups, "Cách dùng: " if prefix is None else prefix)


class _Parser(argparse.ArgumentParser):
    """Help and usage errors pass through say() too, and are in Vietnamese."""

    def __init__(self, **options: Any) -> None:
        super().__init__(add_help=False, formatter_class=_Help, **options)
        self._positionals.title, self._optionals.title = "Tham số", "Tùy chọn"
        self.add_argument("-h", "--help", action="help", help="in phần hướng dẫn này")

    def _print_message(self, message: str, file: Optional[Any] = None) -> None:
        if message:
            say(message.rstrip("\n"), file or sys.stderr)

    def error(self, message: str) -> NoReturn:
        for english, vietnamese in _USAGE:
            message = message.replace(english, vietnamese)
        say("Lỗi: {}. Xem: {} --help".format(message, self.prog), sys.stderr)
        sys.exit(2)


# argparse's words for what a person can mistype; the rest stays as it is
_USAGE = (
    ("the following arguments are required: ", "thiếu "),
    ("unrecognized arguments: ", "không có tùy chọn "),
    ("expected one argument", "thiếu giá trị"),
    ("invalid choice: ", "không có "),
    ("(choose from ", "(chọn một trong: "),
    ("argument ", ""),
)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="gapwatch-agent",
        description="Đo tình trạng hạ tầng CNTT của máy này và gửi cho máy chủ của tỉnh. Không nhận lệnh từ xa.",
    )
    commands = parser.add_subparsers(dest="name", metavar="LỆNH")
    commands.required = True
    enrol = _command(commands, "enrol", _enrol, "ghi danh máy này với máy chủ")
    enrol.add_argument("--server", metavar="ĐỊA_CHỈ", help="ví dụ https://gapwatch.tinh.gov.vn")
    enrol.add_argument("--token", metavar="MÃ", help="mã ghi danh của địa điểm; '-': đọc từ bàn phím")
    enrol.add_argument("--ca", metavar="TỆP", help="tệp chứng thư số để kiểm tra máy chủ")
    enrol.add_argument(
        "--file", metavar="TỆP", help="tệp ghi danh mang theo (gapwatch enrol --offline), không cần mạng"
    )
    enrol.add_argument("--again", action="store_true", help="ghi danh lại, bỏ định danh cũ")
    _command(commands, "run", _run, "chạy thường trực (dịch vụ)")
    _command(commands, "once", _once, "đo toàn bộ một lần và gửi ngay")
    show = _command(commands, "show", _show, "xem đúng những gì sẽ được gửi")
    show.add_argument("--json", action="store_true", help="in nguyên văn báo cáo JSON")
    _command(commands, "doctor", _doctor, "kiểm tra từng phép đo, thiết đặt và đường truyền")
    probe_options.add(_command(commands, "probe", _probe, "chạy một phép đo ngay và in kết quả; không tên: liệt kê"))
    scan = _command(commands, "scan", _scan, "xem, tắt, bật việc quét mạng nội bộ trên máy này")
    scan.add_argument("action", choices=("status", "log", "off", "on"), metavar="status|log|off|on")
    line = _command(commands, "line", _line, "xem dung lượng đã dùng để đo đường truyền và kết quả gần đây")
    line.add_argument("--json", action="store_true", help="in đúng một đối tượng JSON")
    journal = _command(commands, "journal", _journal, "xem nhật ký lúc mất kết nối, chưa gửi được")
    journal.add_argument("--json", action="store_true", help="in đúng một đối tượng JSON")
    _road_options(commands)
    _command(commands, "version", _version, "in phiên bản")
    return parser


def _road_options(commands: Any) -> None:
    """What a PC without a line of its own needs."""
    export = _command(commands, "export", _export, "ghi báo cáo đang chờ ra USB, nhận biên nhận nằm trên đó")
    export.add_argument("folder", metavar="THƯ_MỤC", help="thư mục của USB")
    receipt = _command(commands, "import-receipt", _import_receipt, "nhận biên nhận mang từ máy chủ về")
    receipt.add_argument("path", metavar="ĐƯỜNG_DẪN", help="tệp .gwr, hoặc thư mục có các tệp ấy")
    relay = _command(commands, "relay", _relay, "chuyển tiếp báo cáo niêm phong của máy khác: xem, chạy thử")
    relay.add_argument("action", nargs="?", default="status", choices=("status", "run"), metavar="status|run")


def _command(
    commands: Any, name: str, function: Callable[[argparse.Namespace], int], text: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    parser.add_argument("--config", metavar="TỆP", help="tệp thiết đặt")
    parser.add_argument("--state-dir", metavar="THƯ_MỤC", help="thư mục dữ liệu")
    parser.set_defaults(command=function)
    return parser


def _enrol(options: argparse.Namespace) -> int:
    from . import enrolment, settings

    path = options.config or settings.default_file()
    if options.file:
        from . import offline

        if options.token:
            raise SettingsError("--file và --token không đi cùng nhau", "Tệp ghi danh đã có định danh bên trong")
        return offline.enrol(options.file, path, _overrides(options), options.again, say)
    return enrolment.enrol(path, _overrides(options), options.token, options.again, say)


def _run(options: argparse.Namespace) -> int:
    from . import service

    return service.run(_settings_loader(options))


def _once(options: argparse.Namespace) -> int:
    from . import service

    return service.once(_settings_loader(options)(), say)


def _show(options: argparse.Namespace) -> int:
    from . import show

    return show.show(_settings_loader(options)(), options.json, say)


def _doctor(options: argparse.Namespace) -> int:
    from . import doctor

    return doctor.doctor(_settings_loader(options), say)


def _probe(options: argparse.Namespace) -> int:
    from . import probe_command

    if options.probe == "snmp":
        return probe_command.snmp(options, say)
    load = _settings_loader(options)
    if options.probe in ("stamp", "ndt7"):
        from . import line_command

        return line_command.probe(options, load, say)
    return probe_command.run(options.probe, load, options.json, say) if options.probe else probe_command.names(say)


def _scan(options: argparse.Namespace) -> int:
    from . import scan_command

    return scan_command.run(options.action, _settings_loader(options)(), say)


def _line(options: argparse.Namespace) -> int:
    from . import line_command

    return line_command.run(_settings_loader(options)(), options.json, say)


def _journal(options: argparse.Namespace) -> int:
    from . import journal_command

    return journal_command.run(_settings_loader(options)(), options.json, say)


def _export(options: argparse.Namespace) -> int:
    from . import bundle

    return bundle.export(options.folder, _settings_loader(options)(), say)


def _import_receipt(options: argparse.Namespace) -> int:
    from . import bundle

    return bundle.import_receipt(options.path, _settings_loader(options)(), say)


def _relay(options: argparse.Namespace) -> int:
    from . import relaying, service

    return relaying.command(options.action, _settings_loader(options)(), service.stop_event(), say)


def _overrides(options: argparse.Namespace) -> Dict[str, str]:
    """Command-line values by the name of the setting that they stand for."""
    found = {}
    if getattr(options, "server", None):
        found["agent.server"] = options.server
    if getattr(options, "ca", None):
        found["agent.ca_file"] = os.path.abspath(options.ca)
    if options.state_dir:
        found["agent.state_dir"] = os.path.abspath(options.state_dir)
    return found


def _settings_loader(options: argparse.Namespace) -> Callable[[], Settings]:
    from . import settings

    path = options.config or settings.default_file()
    if options.config and not os.path.exists(path):
        raise SettingsError("Không có tệp thiết đặt {}".format(path), "Kiểm tra tên tệp sau --config")
    return lambda: settings.load(path, _overrides(options))


def _version(options: argparse.Namespace) -> int:
    say("gapwatch-agent {} (Python {})".format(__version__, ".".join(str(part) for part in sys.version_info[:3])))
    return 0
