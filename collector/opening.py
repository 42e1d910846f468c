"""What the commands share: their voice, their errors, and a store that is ready for use."""

from __future__ import annotations

from collector.settings import Settings
from inventory.store import schema
from inventory.store.engine import StaleSchema, Store, open_store
from inventory.store.tables import Unit


class CommandError(Exception):
    """A command cannot be done; str() says why and what to do."""


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201  (the command line's own voice)


def open_ready(settings: Settings) -> Store:
    """A store that fits this program and has the province of the settings."""
    store = open_store(settings.database_url)
    require_current(store)
    with store.reading() as session:
        if session.get(Unit, settings.province_id) is None:
            raise CommandError(
                f"province_id: kho dữ liệu không có đơn vị {settings.province_id!r}; "
                "sửa mã tỉnh, hoặc chạy `gapwatch migrate` để nạp cây đơn vị"
            )
    return store


def require_current(store: Store) -> None:
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
