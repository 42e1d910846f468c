"""The list of services: checked by a command, taken into the store at the start or by another command."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from collector.opening import open_ready, say
from collector.settings import FIELDS, Settings
from inventory.domain.service import Service
from inventory.store.engine import Store
from inventory.store.services import save_services
from inventory.transfer.services_file import read_services


def publish_services(settings: Settings, store: Store, now: datetime) -> bool:
    """Takes the file's services into the store, for pages and agents; returns whether that changed anything.

    Raises BadValue naming file, line and remedy. A store is left as it is when the file of the default setting is not
    there: an installation that never had one starts as before.
    """
    services = read_list(settings)
    if services is None:
        return False
    with store.session() as session:
        return save_services(session, services, now)


def read_list(settings: Settings) -> tuple[Service, ...] | None:
    """The file's services; None when the default file is not there."""
    path = settings.services_file
    if path == FIELDS["services_file"].default and not Path(path).is_file():
        return None
    return read_services(path)


def check(settings: Settings, file: str) -> None:
    """Prints what the file says. Raises BadValue for a wrong one."""
    services = read_services(file) if file else read_list(settings)
    where = file or settings.services_file
    if not services:
        say(f"{where or 'services_file'}: không có dịch vụ nào; máy trạm chỉ thử các địa chỉ trong Chính sách.")
        return
    say(f"{where}: {len(services)} dịch vụ, đúng cú pháp.")
    for service in services:
        roles = ", ".join(service.roles) or "mọi loại địa điểm"
        network = "mạng TSLCD" if service.network == "government" else "Internet"
        group = f"[{service.group}] " if service.group else ""
        say(f"  {group}{service.name}: {service.url} ({network}; {roles})")


def load(settings: Settings) -> None:
    """Takes the list into the store at once: agents learn of it with their next report."""
    store = open_ready(settings)
    changed = publish_services(settings, store, datetime.now(UTC))
    store.close()
    say("Đã nạp danh sách dịch vụ; máy trạm nhận ở lần báo kế tiếp." if changed else "Danh sách không đổi.")
