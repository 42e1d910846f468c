"""Every POST of a page carries a token of its session, so that a foreign page cannot act in somebody's name.

The sign-in form has no session yet: it compares with a cookie of its own (a double submit).
"""

from __future__ import annotations

import hmac
import secrets

from fastapi import Request
from markupsafe import Markup
from starlette.datastructures import UploadFile

FIELD = "csrf"
FORM_COOKIE = "gapwatch_form"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class BadForm(Exception):
    """The form's token is missing or old."""


def field(token: str) -> Markup:
    """The hidden field, to stand in every form: `{{ csrf_field }}`."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, token)


def new_form_token() -> str:
    """For the sign-in form's cookie and field."""
    return secrets.token_urlsafe(24)


async def check_csrf(request: Request) -> None:
    """Dependency of every page: raises BadForm for a POST whose token is not the session's (or the form's own)."""
    if request.method in _SAFE_METHODS:
        return
    viewer = getattr(request.state, "viewer", None)
    expected = viewer.csrf if viewer is not None else request.cookies.get(FORM_COOKIE, "")
    form = await request.form()
    sent = form.get(FIELD, "")
    odd = any(isinstance(value, str) and "\0" in value for value in form.values())  # no browser sends it
    good = expected and not isinstance(sent, UploadFile) and hmac.compare_digest(expected.encode(), sent.encode())
    if odd or not good:
        await request.close()  # files that came with it
        raise BadForm
