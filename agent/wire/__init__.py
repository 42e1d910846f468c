"""The contract between agent and collector. Standard library only; read by both sides.

report.py    Report and Section: what is said            sections.py   one dataclass per section
seal.py      frames: compressed, with HMAC               exchange.py   enrolment, acknowledgement, policy
codec.py     dataclass <-> JSON, errors name the field   errors.py     the exception tree
"""
