"""What each command does; cli.py only reads the words."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

from collector.app import create_app, utc_now
from collector.app import jobs as service_jobs
from collector.ingest.master import MasterKeyError
from collector.jobs import weekly as weekly_job
from collector.jobs.schedule import Schedule
from collector.mail.mailer import make_mailer
from collector.mail.render import composer
from collector.opening import CommandError, open_ready, require_current, say
from collector.server import check_address, make_server, set_up_logging
from collector.settings import Settings, SettingsError, load_settings, sample
from inventory.domain.policy import seed_values
from inventory.domain.problem import BadValue
from inventory.domain.unit import UnitLink, UnitRow
from inventory.store import accounts, schema, units
from inventory.store.engine import Store, StoreError, open_store
from inventory.store.partitions import ensure_partitions
from inventory.store.policy import seed_policy
from inventory.store.weekly_letters import NoSuchScope
from inventory.transfer.calendar_file import CalendarFileError, read_calendar
from inventory.transfer.units_csv import UnitsFileError, read_units

KNOWN_ERRORS = (
    CommandError,
    SettingsError,
    StoreError,
    MasterKeyError,
    CalendarFileError,
    UnitsFileError,
    BadValue,
    accounts.AccountError,
)


def settings_of(path: Path | None) -> Settings:
    return load_settings(str(path) if path else None)


def serve(settings: Settings) -> None:
    set_up_logging()
    check_address(settings)
    store = open_ready(settings)
    make_server(settings, create_app(settings, store)).run()
    store.close()


def run_jobs(settings: Settings) -> None:
    set_up_logging()
    store = open_ready(settings)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    calendar = read_calendar(settings.calendar_file)
    schedule = Schedule(service_jobs(settings, store, utc_now, make_mailer(settings), calendar), utc_now)
    schedule.start()
    stop.wait()
    schedule.stop()
    store.close()


def migrate(settings: Settings) -> Store:
    """Schema, units and the first policy; safe to repeat. Returns the open store."""
    rows, links = _units(settings)
    store = open_store(settings.database_url)
    schema.create_schema(store)
    ensure_partitions(store, utc_now())
    new, changed = units.load_units(store, rows, links)
    with store.session() as session:
        seed_policy(session, _policy_text(settings), utc_now())
    say(f"Kho dữ liệu: phiên bản {schema.head_version()}; đơn vị hành chính: thêm {new}, sửa {changed}.")
    return store


def demo(settings: Settings) -> None:
    from collector.demo import run_demo  # the demo starts an agent of its own: nothing else needs that

    run_demo(settings)


def weekly(settings: Settings, now: bool, preview: str) -> None:
    store = open_ready(settings)
    _require_file("calendar_file", settings.calendar_file)
    calendar, compose = read_calendar(settings.calendar_file), composer(settings)
    if preview:
        try:
            letter = weekly_job.preview(store, settings, utc_now, calendar, compose, preview)
        except NoSuchScope:
            raise CommandError(
                f"--preview: tỉnh này không có phạm vi {preview!r}; ghi province (toàn tỉnh), area:SỐ (khu vực) "
                f"hoặc mã xã như x21787.2 (xem {settings.units_file})"
            ) from None
        say(f"{letter.subject}\n\n{letter.text}")
    elif now:
        _say_sent(settings, weekly_job.weekly_now(store, settings, utc_now, calendar, make_mailer(settings), compose))
    else:
        raise CommandError("weekly: hãy chọn --now (lập và gửi ngay) hoặc --preview PHẠM_VI (xem trước)")
    store.close()


def _say_sent(settings: Settings, result: weekly_job.NowResult) -> None:
    if not result.readers:
        raise CommandError("weekly: chưa có người nhận nào; thêm ở trang Quản trị › Người nhận thư")
    where = f"máy chủ {settings.smtp_host}" if settings.smtp_host else f"thư mục {settings.mail_folder}"
    say(
        f"Thư tuần {result.week.label}: {result.readers} người nhận, lập mới {result.new}, đã gửi {result.sent}, "
        f"đang chờ {result.waiting}, không gửi được {result.failed}. Gửi qua {where}."
    )
    if result.new:
        say("Người đã nhận thư này sẽ không nhận lại thư của cùng tuần vào thứ Hai.")
    else:
        say("Thư của tuần này đã được lập trước đó; không gửi lại cho người đã nhận.")
    for error in result.errors:
        say(f"Máy chủ thư báo: {error}")
    if result.waiting or result.failed:
        raise CommandError("còn thư chưa gửi được; hệ thống sẽ thử lại, xem trang Thư tuần")


def check_config(path: Path | None, list_: bool) -> None:
    if list_:
        say(sample())
        return
    settings = settings_of(path)
    _require_file("calendar_file", settings.calendar_file)
    read_calendar(settings.calendar_file)
    unit_rows, links = _units(settings)
    _check_policy(settings)
    store = open_store(settings.database_url)
    if not store.ping():
        raise CommandError("database_url: kho dữ liệu không trả lời; kiểm tra địa chỉ và máy chủ")
    require_current(store)
    store.close()
    where = settings.smtp_host or f"thư mục {settings.mail_folder}"
    say(
        f"Cài đặt đúng. {len(unit_rows)} đơn vị, {len(links)} liên kết; thư gửi qua {where}; địa chỉ {settings.base_url}."
    )


def _check_policy(settings: Settings) -> None:
    text = _policy_text(settings)
    try:
        seed_values(text or "")
    except BadValue as error:
        raise error.at(f"policy_file: {settings.policy_file}") from None


def _units(settings: Settings) -> tuple[list[UnitRow], list[UnitLink]]:
    """The unit tree's file, with the province in it."""
    _require_file("units_file", settings.units_file)
    rows, links = read_units(Path(settings.units_file))
    if settings.province_id not in {unit.id for unit in rows}:
        raise SettingsError(
            f"province_id: không có đơn vị {settings.province_id!r} trong {settings.units_file}; "
            "ghi mã của tỉnh ở cột đầu của tệp đó, ví dụ t52.2"
        )
    return rows, links


def _require_file(key: str, path: str) -> None:
    if path and not Path(path).is_file():
        raise SettingsError(
            f"{key}: không có tệp {path}; chạy lệnh trong thư mục của Gapwatch, hoặc ghi đường dẫn đầy đủ vào tệp cài đặt"
        )


def _policy_text(settings: Settings) -> str | None:
    if not settings.policy_file:
        return None
    try:
        return Path(settings.policy_file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"policy_file: {settings.policy_file} không đọc được ({error}); sửa tên tệp hoặc để trống"
        ) from None
