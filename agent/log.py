"""A rotating log of plain lines. It never holds a key, a token or a whole report."""

from __future__ import annotations

import logging
import logging.handlers
import os
import sys

from .files import give_to_owner

NAME = "gapwatch"
MAX_BYTES = 1024 * 1024
KEPT = 2  # with the current one: three files

logger = logging.getLogger(NAME)


class _QuietRotating(logging.handlers.RotatingFileHandler):
    """A full disk or a file held open by a scanner must not disturb the agent's work."""

    def handleError(self, record: logging.LogRecord) -> None:
        pass


def set_up(log_file: str, level: str, to_stderr: bool) -> None:
    """Log to `log_file`; when that is not possible, to standard error instead."""
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
        handler.close()
    logger.setLevel(getattr(logging, level.upper()))
    logger.propagate = False
    layout = logging.Formatter("%(asctime)s %(levelname)-7s %(message)s")
    try:
        os.makedirs(os.path.dirname(log_file), exist_ok=True)
        rotating = _QuietRotating(log_file, maxBytes=MAX_BYTES, backupCount=KEPT, encoding="utf-8")
        give_to_owner(log_file, os.path.dirname(log_file))
        logger.addHandler(rotating)
    except OSError as error:
        to_stderr = True
        reason = "Không ghi được nhật ký {}: {}".format(log_file, error.strerror)
    else:
        reason = ""
    if to_stderr:
        logger.addHandler(logging.StreamHandler(sys.stderr))
    for handler in logger.handlers:
        handler.setFormatter(layout)
    if reason:
        logger.warning(reason)
