"""What every answer tells a browser, and what a page of ours may do."""

from andon.kernel.http.safety import page_policy, safe


def directives(policy: str) -> dict[str, list[str]]:
    return {name: sources for name, *sources in (part.split() for part in policy.split(";"))}


def test_an_answer_that_is_no_page_may_do_nothing() -> None:
    said = dict(safe([(b"content-type", b"application/pdf")], secure=False))
    policy = directives(said[b"content-security-policy"].decode())
    assert {*policy} >= {"default-src", "frame-ancestors", "base-uri", "form-action"}
    assert {source for sources in policy.values() for source in sources} == {"'none'"}


def test_what_an_answer_says_itself_stands() -> None:
    said = safe([(b"Cache-Control", b"max-age=60"), (b"Content-Security-Policy", b"x")], secure=False)
    names = [name.lower() for name, _ in said]
    assert names.count(b"cache-control") == names.count(b"content-security-policy") == 1
    assert len(names) == len(set(names))


def test_only_over_tls_a_browser_is_told_to_keep_to_it() -> None:
    assert b"strict-transport-security" in dict(safe([], secure=True))
    assert b"strict-transport-security" not in dict(safe([], secure=False))


def test_a_page_runs_its_own_files_and_what_carries_its_nonce() -> None:
    said = directives(page_policy("abc"))
    assert said["default-src"] == said["frame-ancestors"] == said["base-uri"] == ["'none'"]
    assert said["script-src"] == said["style-src"] == ["'self'", "'nonce-abc'"]
    assert not [
        source for sources in said.values() for source in sources if "unsafe" in source or "*" in source
    ]
    assert not [source for sources in said.values() for source in sources if source.startswith("http")]
