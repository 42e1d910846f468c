"""/healthz and /metrics: is the service able to take reports, and how is it doing (Prometheus text)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from sqlmodel import Session

from agent import __version__
from inventory.store.health import service_figures

router = APIRouter()


@router.get("/healthz", include_in_schema=False)
def healthz(request: Request) -> Response:
    """200 {"status":"ok"} when the database answers and the last reports could be stored, 503 otherwise."""
    if request.app.state.committer.failing_since is not None:
        return JSONResponse({"status": "reports cannot be stored", "version": __version__}, 503)
    if request.app.state.store.ping():
        return JSONResponse({"status": "ok", "version": __version__})
    return JSONResponse({"status": "database does not answer", "version": __version__}, 503)


@router.get("/metrics", include_in_schema=False)
def metrics(request: Request) -> Response:
    """Counts of this process and gauges from the store. No names, no addresses: safe for a monitoring network."""
    state = request.app.state
    with state.store.reading() as session:
        lines = [*_process_lines(state), *_store_lines(session, state)]
    return PlainTextResponse("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4; charset=utf-8")


def _process_lines(state: Any) -> Iterator[str]:
    counters, committer = state.counters, state.committer
    yield from _family("gapwatch_reports_total", "counter", "Reports by what became of them")
    for status in ("stored", "duplicate", "rejected"):
        yield f'gapwatch_reports_total{{status="{status}"}} {counters.reports[status]}'
    yield from _single("gapwatch_uploads_refused_total", "counter", "Uploads refused whole", counters.uploads_refused)
    yield from _single("gapwatch_upload_bytes_total", "counter", "Bytes of uploads", counters.bytes_in)
    yield from _single("gapwatch_ingest_transactions_total", "counter", "Group commits", committer.transactions)
    yield from _family("gapwatch_enrolments_total", "counter", "Enrolments by result")
    for result, count in sorted(counters.enrolments.items()):
        yield f'gapwatch_enrolments_total{{result="{result}"}} {count}'


def _store_lines(session: Session, state: Any) -> Iterator[str]:
    figures: dict[str, Any] = service_figures(session, state.clock())
    for provider in state.metric_providers:
        figures |= provider(session, state.clock())
    for name, value in figures.items():
        if isinstance(value, dict):
            yield from _family(f"gapwatch_{name}", "gauge", name.replace("_", " "))
            for label, count in sorted(value.items()):
                yield f'gapwatch_{name}{{state="{label}"}} {count}'
        else:
            yield from _single(f"gapwatch_{name}", "gauge", name.replace("_", " "), value)


def _family(name: str, kind: str, help_: str) -> Iterator[str]:
    yield f"# HELP {name} {help_}"
    yield f"# TYPE {name} {kind}"


def _single(name: str, kind: str, help_: str, value: float) -> Iterator[str]:
    yield from _family(name, kind, help_)
    yield f"{name} {value}"
