"""What each command does; cli.py only reads the words."""

from __future__ import annotations

import secrets
import signal
import threading
from datetime import timedelta
from pathlib import Path

from sqlmodel import Session, col, or_, select

from collector.app import create_app, utc_now
from collector.app import jobs as service_jobs
from collector.ingest.master import MasterKeyError
from collector.jobs import weekly as weekly_job
from collector.jobs.schedule import Schedule
from collector.mail.mailer import make_mailer
from collector.mail.render import composer
from collector.server import check_address, make_server, set_up_logging
from collector.settings import Settings, SettingsError, load_settings, sample
from collector.web.auth import hash_password
from inventory.domain.policy import seed_values
from inventory.domain.problem import BadValue
from inventory.domain.unit import UnitLink, UnitRow, search_key
from inventory.store import accounts, schema, units
from inventory.store.audit import record
from inventory.store.engine import StaleSchema, Store, StoreError, open_store
from inventory.store.partitions import ensure_partitions
from inventory.store.policy import seed_policy
from inventory.store.tables import Site, Unit
from inventory.store.tokens import create_token
from inventory.store.weekly_letters import NoSuchScope
from inventory.transfer.calendar_file import CalendarFileError, read_calendar
from inventory.transfer.units_csv import UnitsFileError, read_units

SITE_ROLES = ("tru_so_chinh", "tru_so_khac", "trung_tam_hcc", "truong_hoc", "tram_y_te", "cong_an", "van_hoa", "khac")
_SITE_NAME = 160


class CommandError(Exception):
    """A command cannot be done; str() says why and what to do."""


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


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201  (the command line's own voice)


def serve(settings: Settings) -> None:
    set_up_logging()
    check_address(settings)
    store = _open(settings)
    make_server(settings, create_app(settings, store)).run()
    store.close()


def run_jobs(settings: Settings) -> None:
    set_up_logging()
    store = _open(settings)
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


def add_site(settings: Settings, name: str, unit: str, role: str) -> None:
    name = " ".join(name.split())
    if not name or len(name) > _SITE_NAME:
        raise CommandError(f'tên địa điểm phải có từ 1 đến {_SITE_NAME} chữ, ví dụ "Trụ sở UBND xã Vĩnh Sơn"')
    if role not in SITE_ROLES:
        raise CommandError(f"--role: không có loại {role!r}; chọn một trong: {', '.join(SITE_ROLES)}")
    store = _open(settings)
    with store.session() as session:
        if session.get(Unit, unit) is None:
            raise _no_unit(settings, unit)
        key = search_key(name)
        same = session.exec(select(Site).where(Site.unit_id == unit, Site.name_key == key)).first()
        if same is not None:
            raise CommandError(f"đơn vị {unit} đã có địa điểm tên này (số {same.id}); đặt tên khác")
        site = Site(unit_id=unit, name=name, name_key=key, role=role, created_at=utc_now())
        session.add(site)
        session.flush()
        record(
            session,
            utc_now(),
            "cli",
            "site.create",
            "site",
            str(site.id),
            None,
            {"name": name, "unit_id": unit, "role": role},
        )
        say(f"Đã thêm địa điểm số {site.id}: {name}. Lấy mã ghi danh: gapwatch enrol --site {site.id}")
    store.close()


def _no_unit(settings: Settings, unit: str) -> CommandError:
    return CommandError(f"--unit: không có đơn vị {unit!r}; xem mã trong {settings.units_file}, ví dụ x21787.2")


def enrol(settings: Settings, site_words: str, uses: int, days: int) -> None:
    if not site_words.strip():
        raise CommandError("--site: còn trống; ghi số hoặc tên địa điểm (xem trang Địa điểm)")
    if uses < 1 or days < 1:
        raise CommandError("--uses và --days phải từ 1 trở lên")
    store = _open(settings)
    now = utc_now()
    with store.session() as session:
        site = _find_site(session, site_words)
        assert site.id is not None
        token = create_token(session, site.id, uses, now + timedelta(days=days), "cli", now)
        say(f"Địa điểm: {site.name}. Mã dùng được {uses} lần trong {days} ngày. Trên máy trạm hãy gõ:")
        say(f"  gapwatch-agent enrol --server {settings.base_url} --token {token}")
    store.close()


def weekly(settings: Settings, now: bool, preview: str) -> None:
    store = _open(settings)
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
    if not result.new:
        say("Thư của tuần này đã được lập trước đó; không gửi lại cho người đã nhận.")
    for error in result.errors:
        say(f"Máy chủ thư báo: {error}")
    if result.waiting or result.failed:
        raise CommandError("còn thư chưa gửi được; hệ thống sẽ thử lại, xem trang Thư tuần")


def account(settings: Settings, login: str, role: str, unit: str, name: str) -> None:
    if not login.strip() or any(char.isspace() for char in login.strip()):
        raise CommandError(f"tên đăng nhập {login!r} trống hoặc có dấu cách; ghi liền, ví dụ nguyen.van.a")
    if role not in accounts.ROLES:
        raise CommandError(f"--role: không có vai trò {role!r}; chọn một trong: {', '.join(accounts.ROLES)}")
    if role == "commune" and not unit:
        raise CommandError("--unit: tài khoản của xã phải ghi mã đơn vị được xem, ví dụ --unit x21787.2")
    store = _open(settings)
    password = new_password()
    with store.session() as session:
        if unit and session.get(Unit, unit) is None:
            raise _no_unit(settings, unit)
        known = accounts.find_account(session, login)
        done = "đã đặt lại mật khẩu của" if known is not None else "đã tạo"
        if known is not None:
            assert known.id is not None
            accounts.set_password(session, known.id, hash_password(password), must_change=True)
            what = "account.password"
        else:
            known = accounts.create_account(
                session,
                login,
                hash_password(password),
                utc_now(),
                name=name,
                role=role,
                scope_kind="unit" if unit else "all",
                scope_id=unit,
                must_change=True,
            )
            what = "account.create"
        record(
            session, utc_now(), "cli", what, "account", str(known.id), None, {"login": known.login, "role": known.role}
        )
        say(
            f"Gapwatch {done} tài khoản {known.login} ({known.role}); mật khẩu: {password}  (phải đổi ở lần đăng nhập kế tiếp)"
        )
    store.close()


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
    _require_current(store)
    store.close()
    where = settings.smtp_host or f"thư mục {settings.mail_folder}"
    say(
        f"Cài đặt đúng. {len(unit_rows)} đơn vị, {len(links)} liên kết; thư gửi qua {where}; địa chỉ {settings.base_url}."
    )


def new_password() -> str:
    """Twelve letters and figures in three groups, none of which look alike."""
    letters = "abcdefghijkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(3))


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


def _open(settings: Settings) -> Store:
    """A store that fits this program and has the province of the settings."""
    store = open_store(settings.database_url)
    _require_current(store)
    with store.reading() as session:
        if session.get(Unit, settings.province_id) is None:
            raise CommandError(
                f"province_id: kho dữ liệu không có đơn vị {settings.province_id!r}; "
                "sửa mã tỉnh, hoặc chạy `gapwatch migrate` để nạp cây đơn vị"
            )
    return store


def _require_current(store: Store) -> None:
    try:
        schema.require_current(store)
    except StaleSchema:
        have, need = schema.current_version(store), schema.head_version()
        if not have:
            raise CommandError("database_url: kho dữ liệu còn trống; hãy chạy `gapwatch migrate` trước") from None
        remedy = "hãy cài bản Gapwatch mới hơn" if have > need else "hãy chạy `gapwatch migrate`"
        raise CommandError(
            f"database_url: kho dữ liệu ở phiên bản {have}, chương trình này cần {need}; {remedy}"
        ) from None


def _find_site(session: Session, words: str) -> Site:
    if words.isdigit():
        site = session.get(Site, int(words))
        if site is None:
            raise CommandError(f"--site: không có địa điểm số {words}; xem số ở trang Địa điểm")
        return site
    key = search_key(words)
    query = select(Site).join(Unit, col(Unit.id) == col(Site.unit_id))
    found = session.exec(
        query.where(
            or_(col(Site.name_key).contains(key), (col(Site.name_key) + " " + col(Unit.name_key)).contains(key))
        )
    ).all()
    if not found:
        raise CommandError(
            f"--site: không có địa điểm nào tên {words!r}; xem trang Địa điểm, hoặc thêm bằng `gapwatch site TÊN --unit MÃ_ĐƠN_VỊ`"
        )
    if len(found) > 1:
        names = "; ".join(f"{site.id} {site.name}" for site in found[:8])
        raise CommandError(f"--site: {words!r} khớp {len(found)} địa điểm ({names}); hãy dùng số của địa điểm")
    return found[0]
