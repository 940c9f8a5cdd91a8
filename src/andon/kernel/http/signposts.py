"""Signposts: a request's route is found by the words of its path, and not by asking some three hundred routes in turn."""

from collections import defaultdict

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

Sign = tuple[str, int, tuple[str, ...]]
"""A method, how many steps a path has, and those of them that are words."""


class Signposts(APIRouter):
    """A router that asks only the routes whose words a path has, in the order in which they were declared.

    What none of them answers goes the long way: a path or a method that there is not, a route that came later.
    """

    def put_up(self) -> None:
        """Learn where the routes are that there are now."""
        self._places: dict[int, set[tuple[int, ...]]] = defaultdict(set)
        self._roads: dict[Sign, list[tuple[int, APIRoute]]] = defaultdict(list)
        for order, route in enumerate(self.routes):
            if not isinstance(route, APIRoute):
                continue
            steps = route.path_format.split("/")
            words = tuple(place for place, step in enumerate(steps) if "{" not in step)
            self._places[len(steps)].add(words)
            for method in route.methods or ():
                self._roads[_sign(method, steps, words)].append((order, route))

    def fitting(self, method: str, path: str) -> list[APIRoute]:
        """The routes that may answer, in the order in which they were declared."""
        steps = path.split("/")
        signs = [_sign(method, steps, words) for words in self._places.get(len(steps), ())]
        roads = [road for sign in signs for road in self._roads.get(sign, ())]
        return [route for _, route in sorted(roads, key=_order)]

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by the first route that the path and the method are for."""
        if scope["type"] == "http":
            for route in self.fitting(scope["method"], scope["path"]):
                match, found = route.matches(scope)
                if match is Match.FULL:
                    scope.update(found)
                    await route.handle(scope, receive, send)
                    return
        await super().app(scope, receive, send)


def _sign(method: str, steps: list[str], words: tuple[int, ...]) -> Sign:
    return method, len(steps), tuple(steps[place] for place in words)


def _order(road: tuple[int, APIRoute]) -> int:
    return road[0]
