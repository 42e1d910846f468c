"""`gapwatch serve` in a process that tests can kill. A fork server has imported everything before: a short life is then
spent on what is tested, not on reading modules."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Mapping
from multiprocessing.process import BaseProcess

from collector import commands


def start(environ: Mapping[str, str], log: str) -> BaseProcess:
    """A new process; whoever calls ends it."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    process = context.Process(target=serve, args=(dict(environ), log))
    process.start()
    return process


def serve(environ: dict[str, str], log: str) -> None:
    """What the command `gapwatch serve` does, with this environment and its output in this file."""
    os.environ.clear()
    os.environ.update(environ)
    with open(log, "ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    commands.serve(commands.settings_of(None))
