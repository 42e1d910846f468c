"""Runs the steps side by side within one time limit. A step that fails or hangs costs its own part of the section."""

from __future__ import annotations

import threading
import time
from typing import Any, Callable, Dict, Mapping

Step = Callable[[], Mapping[str, Any]]  # fields of HygieneInfo
Log = Callable[[str], None]


def run(steps: Mapping[str, Step], limit_s: float, log: Log) -> Dict[str, Any]:
    """The fields that the steps gave in time. What fails is told in the log by its step's name."""
    end = time.monotonic() + limit_s
    answers: Dict[str, Mapping[str, Any]] = {}
    errors: Dict[str, Exception] = {}

    def work(name: str, step: Step) -> None:
        try:
            answers[name] = step()
        except Exception as error:  # whatever a step does wrong is that step's alone
            errors[name] = error

    # Threads of our own: a name server that is silent cannot be interrupted, only left behind.
    threads = {name: threading.Thread(target=work, args=(name, step), daemon=True) for name, step in steps.items()}
    for thread in threads.values():
        thread.start()
    for thread in threads.values():
        thread.join(max(end - time.monotonic(), 0.0))
    fields: Dict[str, Any] = {}
    for name in steps:
        answer = answers.get(name)
        if answer is not None:
            fields.update(answer)
        elif name in errors:
            log("{}: {}: {}".format(name, type(errors[name]).__name__, errors[name]))
        else:
            log("{}: no answer within {:g} s".format(name, limit_s))
    return fields
