"""A UDP forwarder between sender and reflector that drops, doubles and swaps packets by number: a line with known
faults. Numbers count the plain packets of each direction from 0; the knock always passes."""

from __future__ import annotations

import select
import socket
import threading

PLAIN_LARGEST = 110  # knocks are larger


class LossyLine:
    def __init__(
        self,
        port: int,
        drop_forward: set[int] = frozenset(),  # type: ignore[assignment]
        drop_backward: set[int] = frozenset(),  # type: ignore[assignment]
        double_forward: set[int] = frozenset(),  # type: ignore[assignment]
        double_backward: set[int] = frozenset(),  # type: ignore[assignment]
        swap_backward: set[int] = frozenset(),  # type: ignore[assignment]
    ) -> None:
        self.front = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.front.bind(("127.0.0.1", 0))
        self.back = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.back.connect(("127.0.0.1", port))
        self.faults = (drop_forward, double_forward, frozenset()), (drop_backward, double_backward, swap_backward)
        self.counts: dict[int, int] = {0: 0, 1: 0}
        self._held: list[bytes] = []
        self._client: tuple[str, int] = ("", 0)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def port(self) -> int:
        return int(self.front.getsockname()[1])

    def __enter__(self) -> LossyLine:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self.front.close()
        self.back.close()

    def _run(self) -> None:
        while not self._stop.is_set():
            for sock in select.select([self.front, self.back], [], [], 0.05)[0]:
                if sock is self.front:
                    packet, self._client = self.front.recvfrom(2048)
                    for copy in self._through(packet, 0):
                        self.back.send(copy)
                else:
                    for copy in self._through(self.back.recv(2048), 1):
                        self.front.sendto(copy, self._client)

    def _through(self, packet: bytes, way: int) -> list[bytes]:
        if len(packet) > PLAIN_LARGEST:
            return [packet]
        number = self.counts[way]
        self.counts[way] += 1
        drop, double, swap = self.faults[way]
        if number in drop:
            return []
        if number in swap:
            self._held.append(packet)
            return []
        out = [packet, packet] if number in double else [packet]
        if way == 1 and self._held:
            out.append(self._held.pop())
        return out
