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

from collector import commands, cpu_year, register

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
    config: Config = None,
) -> None:
    """Tạo mã ghi danh cho một địa điểm và in dòng lệnh cần gõ trên máy trạm."""
    register.enrol(commands.settings_of(config), site, uses, days)


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
