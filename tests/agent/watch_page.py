"""A web server that plays the check page, the collector and a service; stdin says what it is to give."""

from __future__ import annotations

import http.server
import json
import sys
import threading
from typing import Any

MODE = {"now": "well"}


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, body = 200, b"known answer"
        if MODE["now"] == "portal":
            body = b"<h1>Please log in</h1>"
        elif self.path == "/healthz" and MODE["now"] == "collector ill":
            status = 503
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def main() -> None:
    server = http.server.ThreadingHTTPServer(("0.0.0.0", 80), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print("ready", flush=True)
    for line in sys.stdin:
        MODE["now"] = json.loads(line)
        print("{}", flush=True)


if __name__ == "__main__":
    main()
