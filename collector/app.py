"""The whole service on one screen: settings, store, clock and mailer go in, an ASGI application comes out."""

from __future__ import annotations

import os
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from fastapi import FastAPI
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from collector import api, metrics, web
from collector.ingest.bundle import Importer
from collector.ingest.counters import Counters
from collector.ingest.enrol import enrol_router
from collector.ingest.front import ReportFront
from collector.ingest.group import GroupCommitter
from collector.ingest.lease import LeaseBook
from collector.ingest.master import load_or_create
from collector.ingest.policy import PolicyBook
from collector.ingest.read import Refusal
from collector.jobs import evaluate, housekeeping, outbox, weekly
from collector.jobs.lan import LanJob
from collector.jobs.lines import LineJob
from collector.jobs.schedule import Job, Schedule
from collector.mail.mailer import Mailer, make_mailer
from collector.mail.render import composer
from collector.service_list import publish_services
from collector.settings import Settings
from inventory.domain.hours import Calendar
from inventory.store import beats, ingest, rejects, schema
from inventory.store.engine import Store
from inventory.store.health import enrolled_agents
from inventory.store.outbox_state import mail_metrics
from inventory.transfer.calendar_file import read_calendar

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


def create_app(
    settings: Settings,
    store: Store,
    clock: Clock = utc_now,
    mailer: Mailer | None = None,
    *,
    run_jobs: bool | None = None,
) -> ReportFront:
    """Builds the service: the agents' door in front of the FastAPI application. Raises StaleSchema, MasterKeyError or CalendarError before anything is listened to."""
    schema.require_current(store)
    master = load_or_create(settings.master_key_path)
    calendar = read_calendar(settings.calendar_file)
    publish_services(settings, store, clock())
    mailer = mailer or make_mailer(settings)
    policies, counters = PolicyBook(store), Counters()
    committer = GroupCommitter(lambda arrivals: ingest.ingest(store, arrivals, policies.gap_s))
    with_jobs = settings.run_jobs if run_jobs is None else run_jobs

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        committer.start()
        schedule = Schedule(
            jobs(settings, store, clock, mailer, calendar) if with_jobs else [beat_job(settings, store, clock)], clock
        )
        schedule.start()
        try:
            yield
        finally:
            schedule.stop()
            committer.stop()
            beats.beat(store, instance(settings), clock())

    app = FastAPI(title="Gapwatch", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.settings, app.state.store, app.state.clock = settings, store, clock
    app.state.calendar, app.state.mailer, app.state.compose = calendar, mailer, composer(settings)
    app.state.counters, app.state.committer, app.state.metric_providers = counters, committer, [_mail_figures]
    app.state.importer = Importer(store, master, policies, clock)
    app.include_router(enrol_router(store, master, policies, clock, counters))
    app.include_router(metrics.router)
    api.install(app, page_error=web.http_error_page, is_page=web.is_page)
    web.install(app)

    def keep_rejected(refusals: Sequence[Refusal], now: datetime) -> None:
        rejects.keep(store, [(item.agent_id, item.code, item.reason, item.frame) for item in refusals], now)

    app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=settings.trusted_proxies)  # type: ignore[arg-type]
    return ReportFront(
        app,
        master=master,
        committer=committer,
        policies=policies,
        leases=LeaseBook(store, clock),
        keep_rejected=keep_rejected,
        clock=clock,
        counters=counters,
        spread_s=max(30, max(settings.max_agents_hint, enrolled_agents(store)) // 50),
    )


def jobs(settings: Settings, store: Store, clock: Clock, mailer: Mailer, calendar: Calendar) -> list[Job]:
    """All jobs of the service; they find out for themselves whether anything is due."""
    name, compose = instance(settings), composer(settings)
    return [
        beat_job(settings, store, clock),
        Job("evaluate", 5, lambda: evaluate.run(store, clock, calendar)),
        Job("lan", 10, LanJob(store, clock).run),
        Job("lines", 30, LineJob(store, clock, calendar).run),
        Job("weekly", 30, lambda: weekly.run(store, settings, clock, calendar, compose)),
        Job("outbox", 10, lambda: outbox.run(store, mailer, clock, name, calendar)),
        Job("housekeeping", 600, lambda: housekeeping.run(store, clock, name)),
    ]


def beat_job(settings: Settings, store: Store, clock: Clock) -> Job:
    """Notes that this collector can take reports: the gaps are its own downtime, not the offices'."""
    return Job("beat", 15, lambda: beats.beat(store, instance(settings), clock()))


def instance(settings: Settings) -> str:
    """This process among the collectors on one store, up to 60 characters."""
    return (settings.instance or f"{socket.gethostname()}-{os.getpid()}")[-60:]


def _mail_figures(session: object, now: datetime) -> dict[str, object]:
    return {f"mail_{name}": value for name, value in mail_metrics(session, now).items()}  # type: ignore[arg-type]
