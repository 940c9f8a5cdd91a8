"""How what blocks an exit, and what its verification found, are shown."""

from datetime import date
from typing import Annotated

from andon.kernel.http.models import Instant, JsonObject, Out, coded
from andon.membership.exits.rules import ALL_CODES, CHECK_WORDS, Owner


class RemedyOut(Out):
    """What clears a blocker: in words, and the call that does it, null where nothing but time does."""

    text: dict[str, str]
    call: str | None


class BlockerOut(Out):
    """Something that stands in the way, or, not `blocking`, that should be known.

    `object` names it by kind and number; `owner` is who can clear it; `expected_on` when it is expected to be cleared,
    null where that is not known.
    """

    code: Annotated[str, coded(ALL_CODES)]
    blocking: bool
    object: JsonObject
    since: Instant
    owner: Owner
    remedy: RemedyOut
    expected_on: date | None


class CheckOut(Out):
    """One check of the verification as it was run last. `put_right`: something was left over and was taken away."""

    check: Annotated[str, coded(CHECK_WORDS)]
    passed: bool
    put_right: bool
    evidence: JsonObject
    at: Instant
