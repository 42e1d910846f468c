"""What the resident looks after between two turns: the door of the relay, receipts that were brought by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from . import receipts
from .identity import Identity, State
from .log import logger
from .relaying import Relaying
from .settings import Settings

if TYPE_CHECKING:
    from .loop import Agent


class Sideline:
    def __init__(self, settings: Settings, state: State, identity: Identity, agent: "Agent") -> None:
        self._state = state
        self._identity = identity
        self._agent = agent
        self._relaying = Relaying(settings, state, identity)
        self._complaint = ""

    def between(self, wait: Callable[[float], bool]) -> Callable[[float], bool]:
        """The loop's sleep, with a look before it."""

        def sleep(seconds: float) -> bool:
            self.look()
            return wait(seconds)

        return sleep

    def look(self) -> None:
        """Never raises: the agent must outlive every surprise here."""
        try:
            policy = receipts.take(self._state, self._identity, self._agent.delivery)
            if policy is not None:
                self._agent.use_policy(policy)
                self._state.keep_policy(policy)
                logger.info("policy %d", policy.version)
            self._relaying.look(self._agent.policy)
            self._complaint = ""
        except Exception as error:
            text = repr(error)
            if text != self._complaint:  # once, not at every turn of a night
                self._complaint = text
                logger.exception("bên lề")

    def stop(self) -> None:
        self._relaying.stop()
