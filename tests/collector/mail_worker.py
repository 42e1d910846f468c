"""The part of the service that prepares and sends the weekly mail, as a process that tests can kill."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta

from collector.jobs import outbox, weekly
from collector.mail.mailer import make_mailer
from collector.mail.render import _templates, composer
from collector.settings import Settings
from inventory.domain.hours import DEFAULT_CALENDAR
from inventory.store.engine import open_store

# done once in the fork server: a killed worker's short life is then spent on what is tested
for _year in (2026, 2027):
    DEFAULT_CALENDAR.is_working_day(date(_year, 1, 1))
for _name in ("weekly.txt", "weekly.html"):
    _templates().get_template(_name)


def work(settings: Settings, begin: datetime) -> None:
    """Runs both jobs until nothing is left to do. `begin` is what the clock shows at the start."""
    started = time.monotonic()

    def clock() -> datetime:
        return begin + timedelta(seconds=time.monotonic() - started)

    store = open_store(settings.database_url)
    weekly.run(store, settings, clock, DEFAULT_CALENDAR, composer(settings))
    outbox.run(store, make_mailer(settings), clock, "w", DEFAULT_CALENDAR)
    store.close()
