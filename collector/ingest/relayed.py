"""An upload that another agent carried: out of its envelope, and the answer into one.

The relay is asked to say who it is, so that people can see the road; it is believed in nothing else. It can neither
read the reports nor the policy in the answer, and the time at which the sender wrapped them is the sender's word,
reckoned from an earlier answer of ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from agent.wire import envelope, seal
from agent.wire.envelope import Envelope
from agent.wire.errors import FrameError, SealError
from collector.ingest.read import Refusal, carried, key_of, read_upload
from inventory.store.arrival import Arrival


@dataclass(frozen=True, slots=True)
class Relayed:
    """One opened envelope."""

    sender: Envelope
    key: bytes  # the sender's
    carrier: str  # agent id of the relay
    entries: list[Arrival | Refusal]  # none: the sender only asks for the time


def unwrap(body: bytes, relay_header: str, master: bytes, received_at: datetime) -> Relayed:
    """Opens what a relay brought. Raises SealError (relay or sender is not proven) or another WireError."""
    carrier = envelope.relay_of(relay_header, body, lambda agent, generation: key_of(master, agent, generation))
    if carrier is None:
        raise SealError("the relay has not proven who it is")
    found = envelope.only_envelope(body, envelope.UPLOAD)
    key = key_of(master, found.agent_id, found.key_generation)
    head, batch = envelope.unpack_load(envelope.open_envelope(found, key))
    if len(batch) > seal.MAX_BATCH:
        raise FrameError("the upload in the envelope is too large")
    entries = read_upload(batch, "", master, received_at, carried("relay", head, received_at, carrier))
    return Relayed(found, key, carrier, entries)


def wrap(upload: Relayed, status: int, body: bytes, now: datetime) -> bytes:
    """The answer as only the sender can read it, and only as the answer to this very upload."""
    sender = upload.sender
    content = envelope.pack_answer(status, now.timestamp(), body)
    return envelope.seal_envelope(
        envelope.ANSWER, content, sender.agent_id, upload.key, sender.key_generation, bound=sender.nonce
    )
