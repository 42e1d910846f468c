"""Lists whose whole state is in the URL: filters, sorting, page number.

query = ListQuery(request)
state = query.choice("trang-thai", SITE_STATES)     # "" when absent; a bad value is noted in query.problems
paging = Paging(query, total)
rows = list_sites(..., offset=paging.offset, limit=paging.size)
"""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlencode

from fastapi import Request

PAGE_PARAM = "trang"
SORT_PARAM = "sap-xep"
SIZE = 50
_MAX_PAGE = 100_000
_MAX_PARAMS = 40  # the longest form of a list has ten; each is written into every link of the page


class ListQuery:
    """The query part of a list's URL. Reading never fails: what is not understood is left out and noted."""

    def __init__(self, request: Request) -> None:
        self.path = request.url.path
        given = [(k[:40], v.strip()[:200]) for k, v in request.query_params.items() if k != "lang"][:_MAX_PARAMS]
        self.params = {k: v for k, v in given if v and "\0" not in k + v}
        # names of parameters whose value was not understood; a database does not take a NUL at all
        self.problems: list[str] = [f"{k}={v}".replace("\0", "\ufffd") for k, v in given if "\0" in k + v]

    def text(self, name: str, limit: int = 80) -> str:
        """Free text, e.g. a search; "" when absent."""
        return self.params.get(name, "")[:limit]

    def choice(self, name: str, allowed: Collection[str], default: str = "") -> str:
        """One of `allowed`, else `default`."""
        value = self.params.get(name, "")
        if not value:
            return default
        if value not in allowed:
            self._refuse(name)
            return default
        return value

    def number(self, name: str, low: int = 0, high: int = 2**31 - 1) -> int | None:
        """A whole number from low to high, else None."""
        value = self.params.get(name, "")
        if not value:
            return None
        if not (value.isascii() and value.isdigit()) or not low <= int(value) <= high:
            self._refuse(name)
            return None
        return int(value)

    def sort(self, allowed: Collection[str], default: str) -> tuple[str, bool]:
        """The column to sort by and whether descending: `sap-xep=ten`, `sap-xep=-ten`."""
        value = self.params.get(SORT_PARAM, default)
        if value.removeprefix("-") not in allowed:
            self._refuse(SORT_PARAM)
            value = default
        return value.removeprefix("-"), value.startswith("-")

    def url(self, **changes: str | int | None) -> str:
        """This list with other parameters; `_` in a name stands for `-`, None or "" leaves one out. Page 1 again."""
        params: dict[str, str] = {k: v for k, v in self.params.items() if k != PAGE_PARAM}
        for name, value in changes.items():
            params[name.replace("_", "-")] = "" if value is None else str(value)
        kept = {k: v for k, v in params.items() if v}
        return f"{self.path}?{urlencode(kept)}" if kept else self.path

    @property
    def filtered(self) -> bool:
        """Whether anything narrows the list."""
        return any(name not in (PAGE_PARAM, SORT_PARAM) for name in self.params)

    def _refuse(self, name: str) -> None:
        self.problems.append(f"{name}={self.params.pop(name)}")


class Paging:
    """Which slice of `total` rows to show."""

    def __init__(self, query: ListQuery, total: int, size: int = SIZE) -> None:
        self.total = total
        self.size = size
        self.last = max(1, -(-total // size))
        self.page = min(query.number(PAGE_PARAM, 1, _MAX_PAGE) or 1, self.last)
        self._query = query

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.size

    @property
    def first_row(self) -> int:
        """1-based number of the first row shown; 0 when there is none."""
        return self.offset + 1 if self.total else 0

    @property
    def last_row(self) -> int:
        return min(self.offset + self.size, self.total)

    def url(self, page: int) -> str:
        return self._query.url(trang=page if page > 1 else None)

    @property
    def pages(self) -> list[int]:
        """Page numbers to offer; 0 stands for a gap."""
        near = {1, self.last, *range(self.page - 1, self.page + 2)}
        shown: list[int] = []
        for page in sorted(p for p in near if 1 <= p <= self.last):
            if shown and page - shown[-1] > 1:
                shown.append(0)
            shown.append(page)
        return shown
