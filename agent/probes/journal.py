"""What the journal holds and has not been told yet: read from its file, nothing is looked at anew. The running agent puts
the same into its reports by itself (watch.py)."""

from __future__ import annotations

import os
from typing import Callable

from ..files import Disk
from ..journal_file import FILE, look
from ..probe import NoData, ProbeContext
from ..wire.sections_journal import JournalInfo

MOST_ENTRIES = 100


def run(context: ProbeContext, disk: Callable[[], Disk] = Disk) -> JournalInfo:
    folder = context.settings.state_dir
    path = os.path.join(folder, FILE)
    if not folder or not os.path.exists(path):
        raise NoData("no journal has been kept yet")
    entries, dropped = look(path, disk())
    if not entries and not dropped:
        raise NoData("the journal is empty: nothing waits to be told")
    return JournalInfo(tuple(entries[:MOST_ENTRIES]), dropped, max(0, len(entries) - MOST_ENTRIES))
