"""A list as a CSV file that office programs open with the right letters and that cannot carry a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from fastapi import Response

BOM = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_response(name: str, made_at: datetime, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """An attachment "name-20261121.csv": UTF-8 with BOM, commas, CRLF. None becomes an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([safe(cell) for cell in head])
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return Response(
        (BOM + text.getvalue()).encode(),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}-{made_at:%Y%m%d}.csv"'},
    )


def safe(cell: object) -> str:
    """A cell as text. A text that a spreadsheet would take for a formula gets an apostrophe in front."""
    if cell is None:
        return ""
    if isinstance(cell, int | float):
        return str(cell)
    text = str(cell)
    return "'" + text if text.startswith(_FORMULA) else text
