"""A request is answered by the same route as if all were asked in turn, and few are asked."""

from fastapi.routing import APIRoute
from starlette.routing import Match

from andon.app.web import bare_app
from andon.kernel.http.signposts import Signposts

WORDS = ("7", "bulk", "template.csv", "accept", "a+b.c", "")
"""What may stand where a path has a place for something: also words that paths of ours have themselves."""


def signposts() -> Signposts:
    router = bare_app().router
    assert isinstance(router, Signposts)
    return router


def filled(route: APIRoute, word: str) -> str:
    return "/".join(word if "{" in step else step for step in route.path_format.split("/"))


def matches(route: APIRoute, method: str, path: str) -> bool:
    return route.matches({"type": "http", "method": method, "path": path})[0] is Match.FULL


def test_every_call_is_found_where_asking_all_in_turn_finds_it() -> None:
    router = signposts()
    routes = [route for route in router.routes if isinstance(route, APIRoute)]
    assert len(routes) > 200
    for route in routes:
        for method in route.methods or ():
            for path in {filled(route, word) for word in WORDS}:
                first = next((each for each in routes if matches(each, method, path)), None)
                asked = router.fitting(method, path)
                assert next((each for each in asked if matches(each, method, path)), None) is first
                assert len(asked) < len(routes) // 10, (path, asked)


def test_what_is_not_there_has_no_signpost() -> None:
    router = signposts()
    for path in ("", "/", "/v1", "/v1/", "/v1/nothing", "/v1/shops/7/orders/7/8/9/10/11/12", "/V1/shops"):
        assert router.fitting("GET", path) == []
    assert router.fitting("BREW", "/v1/shops") == []
