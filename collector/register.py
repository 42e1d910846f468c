"""Entering things by command: sites, areas, enrolment tokens, accounts."""

from __future__ import annotations

import secrets
from datetime import date, timedelta

from sqlmodel import Session, col, or_, select

from collector.app import utc_now
from collector.opening import CommandError, open_ready, say
from collector.settings import Settings
from collector.web.auth import hash_password
from inventory.domain.unit import search_key
from inventory.store import accounts
from inventory.store.audit import record
from inventory.store.tables import Area, AreaMember, Site, Unit
from inventory.store.tokens import create_token

SITE_ROLES = ("tru_so_chinh", "tru_so_khac", "trung_tam_hcc", "truong_hoc", "tram_y_te", "cong_an", "van_hoa", "khac")
_SITE_NAME = 160
_AREA_NAME = 120


def add_site(settings: Settings, name: str, unit: str, role: str) -> None:
    name = " ".join(name.split())
    if not name or len(name) > _SITE_NAME:
        raise CommandError(f'tên địa điểm phải có từ 1 đến {_SITE_NAME} chữ, ví dụ "Trụ sở UBND xã Vĩnh Sơn"')
    if role not in SITE_ROLES:
        raise CommandError(f"--role: không có loại {role!r}; chọn một trong: {', '.join(SITE_ROLES)}")
    store = open_ready(settings)
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


def add_area(settings: Settings, name: str, units: str) -> None:
    """A group of communes with leaders of its own; its number is the scope of recipients and accounts."""
    name, ids = " ".join(name.split()), [unit.strip() for unit in units.split(",") if unit.strip()]
    if not name or len(name) > _AREA_NAME:
        raise CommandError(f'tên khu vực phải có từ 1 đến {_AREA_NAME} chữ, ví dụ "Khu vực Vĩnh Thạnh"')
    if not ids:
        raise CommandError("--units: còn trống; ghi mã các xã, cách nhau bằng dấu phẩy, ví dụ x21787.2,x21796.2")
    store = open_ready(settings)
    with store.session() as session:
        if session.exec(select(Area).where(Area.name == name)).first() is not None:
            raise CommandError(f"đã có khu vực tên {name!r}; đặt tên khác")
        for unit_id in ids:
            unit = session.get(Unit, unit_id)
            if unit is None or unit.kind != "xa" or unit.valid_to is not None:
                raise CommandError(f"--units: {unit_id!r} không phải xã đang có; xem mã trong {settings.units_file}")
        area = Area(province_id=settings.province_id, name=name)
        session.add(area)
        session.flush()
        assert area.id is not None
        today: date = utc_now().date()
        session.add_all(
            AreaMember(area_id=area.id, unit_id=unit_id, valid_from=today) for unit_id in dict.fromkeys(ids)
        )
        after = {"name": name, "units": ids}
        record(session, utc_now(), "cli", "area.create", "area", str(area.id), None, after)
        say(
            f"Đã thêm khu vực số {area.id}: {name}, {len(set(ids))} xã. Người nhận thư: trang Quản trị › Người nhận thư."
        )
    store.close()


def enrol(settings: Settings, site_words: str, uses: int, days: int) -> None:
    if not site_words.strip():
        raise CommandError("--site: còn trống; ghi số hoặc tên địa điểm (xem trang Địa điểm)")
    if uses < 1 or days < 1:
        raise CommandError("--uses và --days phải từ 1 trở lên")
    store = open_ready(settings)
    now = utc_now()
    with store.session() as session:
        site = find_site(session, site_words)
        assert site.id is not None
        token = create_token(session, site.id, uses, now + timedelta(days=days), "cli", now)
        say(f"Địa điểm: {site.name}. Mã dùng được {uses} lần trong {days} ngày. Trên máy trạm hãy gõ:")
        say(f"  gapwatch-agent enrol --server {settings.base_url} --token {token}")
    store.close()


def account(settings: Settings, login: str, role: str, unit: str, name: str) -> None:
    if not login.strip() or any(char.isspace() for char in login.strip()):
        raise CommandError(f"tên đăng nhập {login!r} trống hoặc có dấu cách; ghi liền, ví dụ nguyen.van.a")
    if role not in accounts.ROLES:
        raise CommandError(f"--role: không có vai trò {role!r}; chọn một trong: {', '.join(accounts.ROLES)}")
    if role == "commune" and not unit:
        raise CommandError("--unit: tài khoản của xã phải ghi mã đơn vị được xem, ví dụ --unit x21787.2")
    store = open_ready(settings)
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


def new_password() -> str:
    """Twelve letters and figures in three groups, none of which look alike."""
    letters = "abcdefghijkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(3))


def _no_unit(settings: Settings, unit: str) -> CommandError:
    return CommandError(f"--unit: không có đơn vị {unit!r}; xem mã trong {settings.units_file}, ví dụ x21787.2")


def find_site(session: Session, words: str) -> Site:
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
