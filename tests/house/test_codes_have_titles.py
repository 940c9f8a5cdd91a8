"""A code that a program can meet has a title in both languages, and a route says who may call it."""

import re

from andon.app.codes import import_everything, said_codes
from andon.app.web import bare_app
from andon.kernel.errors import known_titles
from andon.platform.accounts.edge import EdgeRoute


def test_every_code_that_is_raised_has_its_titles() -> None:
    import_everything()
    known = known_titles()
    assert {code: sorted(where) for code, where in said_codes().items() if code not in known} == {}


def test_titles_are_in_both_languages_and_no_sentences() -> None:
    import_everything()
    for code, both in known_titles().items():
        assert set(both) == {"en", "zh-CN"}, code
        assert re.search(r"[\u4e00-\u9fff]", both["zh-CN"]), code
        assert both["en"][0].isupper(), code
        assert not both["en"].endswith("."), code
        assert not both["zh-CN"].endswith("。"), code


def test_no_two_calls_share_method_and_path() -> None:
    calls = [
        (method, re.sub(r"{\w+}", "{}", route.path_format))
        for route in bare_app().routes
        if isinstance(route, EdgeRoute)
        for method in route.methods or ()
    ]
    assert sorted(calls) == sorted(set(calls))
