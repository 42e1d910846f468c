"""gapwatch: the commands of the collector. Exit codes: 0 done, 1 could not be done (said in one line), 2 wrong words."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import DBAPIError
from typer._click import exceptions as errors  # typer brings a click of its own and shows no other door to its errors

from collector import (
    calendar_command,
    carried,
    commands,
    cpu_year,
    line_commands,
    meeting_command,
    register,
    replay_command,
    service_list,
)

cli = typer.Typer(
    name="gapwatch",
    help="Theo dõi hạ tầng CNTT cấp xã: máy thu, danh mục, thư tuần.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Config = Annotated[Path | None, typer.Option("--config", help="Tệp cài đặt TOML; mặc định lấy biến GAPWATCH_SETTINGS.")]


@cli.command()
def serve(config: Config = None) -> None:
    """Chạy máy thu (trang web, API, cửa nhận báo cáo, việc định kỳ)."""
    commands.serve(commands.settings_of(config))


@cli.command()
def jobs(config: Config = None) -> None:
    """Chỉ chạy việc định kỳ, khi nhiều máy thu dùng chung một kho (run_jobs = false)."""
    commands.run_jobs(commands.settings_of(config))


_LISTEN_HELP = "Địa chỉ mở cổng, ví dụ 0.0.0.0:{} hoặc [::]:{}."
_Metrics = Annotated[str, typer.Option("--metrics", help="Mở /metrics và /healthz tại đây, ví dụ 127.0.0.1:9620.")]


@cli.command("reflector")
def reflector(
    listen: Annotated[str, typer.Option("--listen", help=_LISTEN_HELP.format(8620, 8620))] = "0.0.0.0:8620",
    metrics: _Metrics = "",
    config: Config = None,
) -> None:
    """Chạy bộ phản hồi gói thử (STAMP, UDP) để tác tử đo độ trễ và mất gói từng chiều."""
    line_commands.run_reflector(commands.settings_of(config), listen, metrics)


@cli.command("ndt7")
def ndt7(
    listen: Annotated[str, typer.Option("--listen", help=_LISTEN_HELP.format(8621, 8621))] = "0.0.0.0:8621",
    cert: Annotated[Path | None, typer.Option(help="Chứng thư TLS (PEM); để trống: không mã hóa.")] = None,
    key: Annotated[Path | None, typer.Option(help="Khóa riêng của chứng thư (PEM).")] = None,
    max_tests: Annotated[int, typer.Option("--max-tests", help="Số lần đo cùng lúc nhiều nhất.")] = 8,
    metrics: _Metrics = "",
    config: Config = None,
) -> None:
    """Chạy máy chủ đo tốc độ (ndt7) cho các tác tử đã ghi danh."""
    line_commands.run_ndt7(commands.settings_of(config), listen, metrics, cert, key, max_tests)


@cli.command()
def migrate(config: Config = None) -> None:
    """Đưa kho dữ liệu lên phiên bản này và nạp cây đơn vị hành chính."""
    commands.migrate(commands.settings_of(config))


@cli.command()
def demo(config: Config = None) -> None:
    """Nạp tỉnh mẫu, tạo tài khoản và chạy máy thu cùng một tác tử thật trên máy này."""
    commands.demo(commands.settings_of(config))


@cli.command()
def site(
    name: Annotated[str, typer.Argument(help='Tên địa điểm, ví dụ "Trụ sở UBND xã Vĩnh Sơn".')],
    unit: Annotated[str, typer.Option("--unit", help="Mã đơn vị của xã, trong config/units.csv.")],
    role: Annotated[str, typer.Option(help="Loại: " + ", ".join(register.SITE_ROLES) + ".")] = "tru_so_chinh",
    config: Config = None,
) -> None:
    """Thêm một địa điểm (trụ sở, trường, trạm y tế ...) để ghi danh máy."""
    register.add_site(commands.settings_of(config), name, unit, role)


@cli.command()
def area(
    name: Annotated[str, typer.Argument(help='Tên khu vực, ví dụ "Khu vực Vĩnh Thạnh (huyện cũ)".')],
    units: Annotated[str, typer.Option("--units", help="Mã các xã, cách nhau bằng dấu phẩy.")],
    config: Config = None,
) -> None:
    """Thêm một khu vực (cụm xã) có lãnh đạo và thư tuần riêng."""
    register.add_area(commands.settings_of(config), name, units)


@cli.command()
def enrol(
    site: Annotated[str, typer.Option("--site", help="Số hoặc tên địa điểm.")],
    uses: Annotated[int, typer.Option(help="Số máy được ghi danh bằng mã này.")] = 1,
    days: Annotated[int, typer.Option(help="Số ngày mã còn hiệu lực.")] = 14,
    offline: Annotated[bool, typer.Option("--offline", help="Ghi tệp ghi danh cho một máy không có mạng.")] = False,
    out: Annotated[Path, typer.Option("--out", "-o", help="Tệp sẽ ghi; chỉ với --offline.")] = carried.DEFAULT_FILE,
    server: Annotated[
        list[str] | None, typer.Option(help="Địa chỉ máy thu ghi vào tệp, có thể lặp lại; mặc định: base_url.")
    ] = None,
    ca: Annotated[Path | None, typer.Option(help="Tệp chứng thư số (PEM) của máy thu, ghi kèm vào tệp.")] = None,
    config: Config = None,
) -> None:
    """Tạo mã ghi danh cho một địa điểm và in dòng lệnh cần gõ trên máy trạm; --offline: ghi tệp mang theo."""
    if offline:
        carried.enrol_offline(commands.settings_of(config), site, out, server or [], ca)
    else:
        register.enrol(commands.settings_of(config), site, uses, days)


@cli.command("import-bundle")
def import_bundle(
    paths: Annotated[list[Path], typer.Argument(help="Tệp .gwb, hoặc thư mục của USB có các tệp ấy.")],
    receipts: Annotated[
        Path | None, typer.Option("--receipts", help="Thư mục ghi biên nhận; mặc định: bên cạnh từng tệp.")
    ] = None,
    config: Config = None,
) -> None:
    """Nhập báo cáo mang bằng USB từ nơi không có đường truyền, ghi biên nhận để mang về."""
    carried.import_bundles(commands.settings_of(config), paths, receipts)


@cli.command()
def weekly(
    now: Annotated[bool, typer.Option("--now", help="Lập và gửi ngay thư của tuần này.")] = False,
    preview: Annotated[str, typer.Option("--preview", help="In thư của một phạm vi: mã đơn vị, hoặc area:SỐ.")] = "",
    config: Config = None,
) -> None:
    """Thư tuần: xem trước, hoặc gửi ngay."""
    commands.weekly(commands.settings_of(config), now, preview)


@cli.command()
def account(
    login: Annotated[str, typer.Argument(help="Tên đăng nhập.")],
    role: Annotated[str, typer.Option(help="admin, officer, viewer, commune, operator hoặc auditor.")] = "admin",
    unit: Annotated[str, typer.Option(help="Mã đơn vị mà tài khoản được xem; để trống: toàn tỉnh.")] = "",
    name: Annotated[str, typer.Option(help="Họ tên.")] = "",
    config: Config = None,
) -> None:
    """Tạo tài khoản, hoặc đặt lại mật khẩu nếu đã có. Mật khẩu được in ra một lần."""
    register.account(commands.settings_of(config), login, role, unit, name)


@cli.command("meeting-check")
def meeting_check(
    at: Annotated[
        str, typer.Option(help='Giờ họp theo giờ Việt Nam, ví dụ "2026-11-25 08:00"; để trống: bây giờ.')
    ] = "",
    mbps: Annotated[float | None, typer.Option(help="Mb/s cần cho mỗi chiều; mặc định theo chính sách.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="In kết quả thành một đối tượng JSON.")] = False,
    config: Config = None,
) -> None:
    """Trước cuộc họp trực tuyến: điểm cầu nào dự kiến không đạt, vì sao."""
    meeting_command.meeting_check(commands.settings_of(config), at, mbps, as_json)


services_cli = typer.Typer(help="Danh sách dịch vụ mà các xã phải vào được.", no_args_is_help=True)
cli.add_typer(services_cli, name="services")


@services_cli.command("check")
def services_check(
    file: Annotated[str, typer.Option("--file", help="Tệp khác với tệp trong cài đặt.")] = "", config: Config = None
) -> None:
    """Kiểm tra tệp danh sách dịch vụ; không thay đổi gì."""
    service_list.check(commands.settings_of(config), file)


@services_cli.command("load")
def services_load(config: Config = None) -> None:
    """Nạp danh sách dịch vụ vào kho ngay, không phải khởi động lại."""
    service_list.load(commands.settings_of(config))


@cli.command("check-config")
def check_config(
    list_: Annotated[bool, typer.Option("--list", help="In mọi cài đặt cùng giá trị mặc định.")] = False,
    config: Config = None,
) -> None:
    """Kiểm tra cài đặt, lịch, chính sách, cây đơn vị và kho dữ liệu; không thay đổi gì."""
    commands.check_config(config, list_)


@cli.command("cpu-year")
def cpu_year_command(
    brand: Annotated[str, typer.Argument(help='Tên bộ xử lý, ví dụ "Intel(R) Core(TM) i3-4130 CPU @ 3.40GHz".')] = "",
    batch: Annotated[bool, typer.Option("--batch", help="Đọc mỗi dòng một tên từ đầu vào chuẩn.")] = False,
    vendor: Annotated[str, typer.Option(help="Hãng theo CPUID: GenuineIntel, AuthenticAMD.")] = "",
    family: Annotated[int | None, typer.Option(help="Họ (family) theo CPUID, số thập phân.")] = None,
    model: Annotated[int | None, typer.Option(help="Mẫu (model) theo CPUID, số thập phân.")] = None,
    stepping: Annotated[int | None, typer.Option(help="Bước sửa (stepping) theo CPUID.")] = None,
) -> None:
    """In năm ra mắt của bộ xử lý dưới dạng JSON; năm là null khi không biết."""
    numbers = vendor or (family, model, stepping) != (None, None, None)
    if batch and (brand or numbers):
        raise errors.UsageError("--batch đọc tên từ đầu vào chuẩn, không đi cùng tên hay số CPUID")
    if batch:
        cpu_year.batch(sys.stdin.buffer, sys.stdout.buffer)
    elif brand or numbers:
        typer.echo(cpu_year.answer(brand, vendor, family, model, stepping))
    else:
        raise errors.UsageError("cần tên bộ xử lý, số CPUID hoặc --batch")


@cli.command("calendar")
def show_calendar(
    year: Annotated[str, typer.Option("--year", help="Năm cần xem, ví dụ 2026; mặc định năm nay.")] = "",
    day: Annotated[str, typer.Option("--day", help="Chỉ hỏi một ngày, viết năm-tháng-ngày.")] = "",
    config: Config = None,
) -> None:
    """Xem những ngày cơ quan được coi là nghỉ hoặc làm bù, theo ngày lễ và tệp lịch đang dùng."""
    settings = commands.settings_of(config)
    for line in calendar_command.show(settings.calendar_file, year, day, commands.utc_now()):
        typer.echo(line)


@cli.command("replay")
def replay_trace(
    trace: Annotated[Path, typer.Argument(help="Tệp ghi diễn biến, mỗi dòng một đối tượng JSON; nhận cả .gz.")],
    as_json: Annotated[bool, typer.Option("--json", help="In kết quả thành một đối tượng JSON.")] = False,
    explain: Annotated[str, typer.Option("--explain", help="In bằng lời vì sao địa điểm này có từng trạng thái.")] = "",
    calendar: Annotated[Path | None, typer.Option(help="Tệp lịch nghỉ và làm bù; mặc định là lịch đi kèm.")] = None,
) -> None:
    """Chạy lại một tệp diễn biến bằng đúng bộ quy tắc của máy thu: lúc nào nơi nào mất kết nối, vì sao."""
    runner, answer = replay_command.replay(trace, calendar)
    if as_json:
        typer.echo(replay_command.as_json(answer))
    elif explain:
        for line in replay_command.explain_site(runner, explain):
            typer.echo(line)
    else:
        for line in replay_command.summary(runner):
            typer.echo(line)


def main(argv: Sequence[str] | None = None) -> None:
    """Entry point: every known error becomes one line and exit code 1, wrong words one line and exit code 2."""
    os.umask(0o077)  # what the commands write (database, mailbox folder, secrets) is for this user alone
    try:
        sys.exit(cli(args=list(argv) if argv is not None else None, prog_name="gapwatch", standalone_mode=False) or 0)
    except errors.NoArgsIsHelpError:
        sys.exit(2)  # has printed the help
    except errors.UsageError as error:
        _fail(f"{_usage(error)}. Xem: {error.ctx.command_path if error.ctx else 'gapwatch'} --help", 2)
    except typer.Abort:
        sys.exit(130)
    except commands.KNOWN_ERRORS as error:
        _fail(str(error), 1)
    except DBAPIError as error:
        reason = " ".join(str(error.orig).split())
        _fail(f"database_url: không mở được kho dữ liệu ({reason}); kiểm tra địa chỉ, tài khoản, quyền và máy chủ", 1)


def _usage(error: errors.UsageError) -> str:
    """What is wrong with the command line, in Vietnamese."""
    if isinstance(error, errors.NoSuchOption):
        return f"không có tùy chọn {error.option_name}"
    if isinstance(error, errors.MissingParameter) and error.param is not None:
        name = error.param.opts[0]
        return f"thiếu {name if name.startswith('-') else name.upper()}"
    if isinstance(error, errors.BadParameter) and error.param is not None:
        return f"{error.param.opts[0]}: giá trị không dùng được"
    if isinstance(error, errors.BadOptionUsage):
        return f"{error.option_name}: thiếu giá trị"
    wrong = re.match(r"No such command '(.*)'", error.message)
    return f"không có lệnh {wrong[1]!r}" if wrong else f"dòng lệnh sai: {error.message}"


def _fail(text: str, code: int) -> None:
    print(f"gapwatch: {text}", file=sys.stderr)  # noqa: T201  (the command line's own voice)
    sys.exit(code)


if __name__ == "__main__":
    main()
