"""A value that cannot be taken: where it stands, what is wrong, what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class BadValue(ValueError):
    """`where` names the key or file, `part` the place inside its value.

    `problem` and `remedy` are Vietnamese templates (message ids) filled from `params`.
    """

    def __init__(self, where: str, problem: str, remedy: str = "", *, part: str = "", **params: Any) -> None:
        self.where = where
        self.part = part
        self.problem = problem
        self.remedy = remedy
        self.params = params
        super().__init__(self.text())

    def text(self, translate: Callable[[str], str] = str) -> str:
        """One line for people. `translate` maps a template to another language."""
        said = [translate(template).format(**self.params) for template in (self.problem, self.remedy) if template]
        return ": ".join(piece for piece in (self.where, self.part, "; ".join(said)) if piece)

    def at(self, where: str) -> BadValue:
        """The same problem inside another key or file."""
        part = ": ".join(piece for piece in (self.where, self.part) if piece and piece != where)
        return BadValue(where, self.problem, self.remedy, part=part, **self.params)
