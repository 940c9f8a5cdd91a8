"""Lifecycles as data: the allowed moves of a thing, and nothing else.

States are words in code and small numbers, in lifecycle order, in the database. A move is decided here and
enforced again by a conditional UPDATE. `unreachable` lets a test prove that every state can be reached.
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import Generic, TypeVar

from andon.kernel.errors import Conflict


class State(IntEnum):
    """A state: its number is what is stored, its lower-case name is what everybody else reads."""

    @property
    def word(self) -> str:
        """The state's name on the wire, in the console and in the docs."""
        return self.name.lower()

    @classmethod
    def of(cls, word: str) -> "State":
        """The state of that name; KeyError for any other word."""
        return cls[word.upper()]


S = TypeVar("S", bound=State)


class Lifecycle(Generic[S]):
    """The moves of one kind of thing, from each state to the states that may follow.

    `name` is the glossary's word for the thing; it makes the refusal's code, `<name>.state`.
    """

    def __init__(
        self, name: str, states: type[S], start: frozenset[S], moves: Mapping[S, frozenset[S]]
    ) -> None:
        self.name = name
        self.states = states
        self.start = start
        self.moves = moves
        if lost := self.unreachable():
            raise AssertionError(f"{name}: no way leads to {', '.join(state.word for state in lost)}")

    def allows(self, source: S, target: S) -> bool:
        """Whether a thing in `source` may move to `target`."""
        return target in self.moves.get(source, frozenset())

    def sources(self, target: S) -> tuple[S, ...]:
        """The states from which `target` may be reached in one move, in lifecycle order."""
        return tuple(sorted(state for state in self.states if self.allows(state, target)))

    def check(self, source: S, target: S) -> None:
        """Refuse a move that is not in the table, with code `<name>.state`."""
        if not self.allows(source, target):
            raise Conflict(
                f"{self.name}.state",
                f"a {self.name} that is {source.word} cannot become {target.word}",
                state=source.word,
            )

    def unreachable(self) -> list[S]:
        """States that no chain of moves reaches from a start; empty in a sound lifecycle."""
        seen: set[S] = set()
        front = set(self.start)
        while front:
            seen |= front
            front = {after for state in front for after in self.moves.get(state, frozenset())} - seen
        return [state for state in self.states if state not in seen]

    def ends(self) -> frozenset[S]:
        """The states from which nothing follows."""
        return frozenset(state for state in self.states if not self.moves.get(state))
