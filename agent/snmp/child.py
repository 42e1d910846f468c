"""The child process of `gapwatch-agent probe snmp`: question as JSON on stdin, answer as JSON on stdout, then gone.

python -B -m agent.snmp.child
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any, Dict

from .target import Credential, Target


def main() -> int:
    """Answers one question. The exit status is 0 whatever the device does."""
    if sys.platform != "win32":
        os.nice(10)  # on Windows the parent starts us below normal
    # A library that prints must not spoil the answer: stdout is kept for it, prints go to stderr.
    answer_to = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    question = json.loads(sys.stdin.buffer.read().decode("utf-8"))
    answer = _answer(question)
    with answer_to:
        answer_to.write(json.dumps(answer).encode("ascii"))
    return 0


def _answer(question: Dict[str, Any]) -> Dict[str, Any]:
    from ..wire import codec
    from .device import examine
    from .session import SessionError

    try:
        asked = examine(
            Target(**question["target"]),
            [Credential(**question["credential"])],
            bool(question["details"]),
            float(question["timeout_s"]),
            float(question["deadline_s"]),
        )
    except SessionError as error:
        return {"error": str(error)}
    return {
        "identity": asked.identity.plain() if asked.identity else None,
        "info": codec.to_plain(asked.info),
        "version": asked.version,
        "trouble": asked.trouble,
        "refused": asked.refused,
    }


if __name__ == "__main__":
    sys.exit(main())
