"""POST /agent/v1/enrol: a site token buys an identity and a key."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from agent.wire import codec, exchange, seal
from agent.wire.errors import FieldError, WireError
from collector.ingest.counters import Counters
from collector.ingest.policy import PolicyBook
from inventory.store.engine import Store
from inventory.store.enrolment import Enrolment, enrol_once

_log = logging.getLogger(__name__)

MAX_BODY = 8 * 1024
_HEX32 = re.compile(r"[0-9a-f]{32}")

_REFUSALS = {
    "unknown": (403, "this token is not known", "check the token; make a new one on the page Mã ghi danh"),
    "expired": (403, "this token has expired", "make a new one on the page Mã ghi danh"),
    "used_up": (403, "this token has no uses left", "make a new one on the page Mã ghi danh"),
    "revoked": (403, "this token or agent was revoked", "ask the Department whether this PC may report"),
    "excluded": (403, "this site is excluded from observation by law", "do not install the agent here"),
    "too_many": (429, "too many wrong tokens from this address", "wait and try again"),
}


def enrol_router(
    store: Store, master: bytes, policies: PolicyBook, clock: Callable[[], datetime], counters: Counters
) -> APIRouter:
    """The router with its one endpoint, bound to what it needs."""
    router = APIRouter()

    @router.post(exchange.ENROL_PATH, status_code=201, include_in_schema=False)
    async def post_enrol(request: Request) -> Response:
        try:
            wanted = await _read(request)
        except WireError as error:
            field = error.path if isinstance(error, FieldError) else None
            counters.enrolments[error.code] += 1
            return _error(422, error.code, str(error), "send the fields that the agent sends", field)
        address = request.client.host if request.client else ""
        now = clock()

        def run() -> Enrolment:
            return enrol_once(
                store, wanted.token, wanted.request_id, wanted.hostname, wanted.agent_version, address, now
            )

        result = await run_in_threadpool(run)
        counters.enrolments[result.refusal or "ok"] += 1
        if result.refusal:
            status, message, remedy = _REFUSALS[result.refusal]
            _log.warning("enrolment from %s refused: %s", address, result.refusal)
            return _error(status, "token_" + result.refusal, message, remedy, "token", result.retry_after_s)
        return await _answer(result, master, policies, now)

    return router


async def _read(request: Request) -> exchange.EnrolRequest:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MAX_BODY:
            raise FieldError("", f"is larger than {MAX_BODY} bytes")
    wanted = codec.read(exchange.EnrolRequest, codec.loads(body))
    if not _HEX32.fullmatch(wanted.request_id):
        raise FieldError("request_id", "must be 32 hex digits")
    return wanted


async def _answer(result: Enrolment, master: bytes, policies: PolicyBook, now: datetime) -> Response:
    answer = exchange.EnrolAnswer(
        agent_id=result.agent_id,
        key=seal.derive_key(master, result.agent_id, result.key_generation).hex(),
        key_generation=result.key_generation,
        site_name=result.site_name,
        server_time_s=now.timestamp(),
        policy=await policies.of_site(result.site_id),
    )
    return Response(codec.dumps(codec.to_plain(answer)), 201, media_type="application/json")


def _error(status: int, code: str, message: str, remedy: str, field: str | None, wait_s: int = 0) -> JSONResponse:
    body = {"error": {"code": code, "message": message, "field": field, "remedy": remedy}}
    return JSONResponse(body, status, headers={"retry-after": str(wait_s)} if wait_s else None)
