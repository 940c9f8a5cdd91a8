"""The checks of a verification: each is run for real; what was left over and can be taken away, is. Source: EXIT-6."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NoReturn

from andon.kernel.errors import Refused
from andon.kernel.money import Money
from andon.kernel.tx import Tx
from andon.membership.exits.rules import blocking_of, counts_of
from andon.membership.exits.tables import Exit
from andon.membership.exits.views import facts_of
from andon.membership.unbinding.views import unproven_letters
from andon.partners.bindings.views import granted_shops
from andon.partners.catalog.rules import Mode, ProductDraft
from andon.partners.catalog.service import edit_products, put_products, switch_modes
from andon.partners.plans.rules import jit_lines
from andon.partners.plans.service import put_plan, remove_jit_lines
from andon.partners.plans.views import plan_of
from andon.partners.shops.service import close_jit_intake, stop_offering_jit
from andon.partners.shops.views import shop_of
from andon.platform.policies.rules import Policy

MOST_NAMED = 100
"""Up to so many things that were left over are named in the evidence."""

DONE = "done"
"""What an act answers that was not refused."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found. `put_right` says that something was left over and has been taken away: then it holds."""

    passed: bool
    evidence: Mapping[str, Any] = field(default_factory=dict)
    put_right: bool = False


class _Undone(Exception):
    """What was tried is undone; it says what came of it."""


def intake_is_closed(tx: Tx[Policy], leaving: Exit) -> Found:
    """New orders go the standard way."""
    was_open = shop_of(tx, leaving.shop_id).jit_intake_open
    if was_open:
        close_jit_intake(tx, leaving.shop_id)
    return Found(True, {"was_open": was_open}, put_right=was_open)


def jit_is_not_offered(tx: Tx[Policy], leaving: Exit) -> Found:
    """Nobody offers JIT to the shop."""
    was_offered = shop_of(tx, leaving.shop_id).jit_offered
    if was_offered:
        stop_offering_jit(tx, leaving.shop_id)
    return Found(True, {"was_offered": was_offered}, put_right=was_offered)


def no_product_in_jit_mode(tx: Tx[Policy], leaving: Exit) -> Found:
    """Every product is in standard mode."""
    left_over = switch_modes(tx, leaving.shop_id, Mode.STANDARD)
    evidence = {"left_over": len(left_over), "skus": left_over[:MOST_NAMED]}
    return Found(True, evidence, put_right=bool(left_over))


def no_jit_line_in_the_plan(tx: Tx[Policy], leaving: Exit) -> Found:
    """No line of the plan is a JIT line."""
    left_over = remove_jit_lines(tx, leaving.shop_id)
    plan = plan_of(tx, leaving.shop_id)
    return Found(True, {"left_over": left_over, "plan": plan}, put_right=bool(left_over))


def jit_mode_is_refused(tx: Tx[Policy], leaving: Exit) -> Found:
    """Setting a product to JIT mode is refused: it is tried, with one of the shop's where it has any."""
    own = tx.one("select sku from products where shop_id = :shop order by sku limit 1", shop=leaving.shop_id)
    if own is None:
        return Found(True, {"products": 0})

    def tried() -> str:
        [edit] = edit_products(tx, leaving.shop_id, [own.sku], Mode.JIT)
        return edit.code or DONE

    answer = _answer_to(tx, tried)
    return Found(answer == "product.jit_not_offered", {"sku": own.sku, "answer": answer})


def new_listing_is_standard(tx: Tx[Policy], leaving: Exit) -> Found:
    """A new product that says no mode is standard, and one that says JIT is refused: both are tried, and undone."""
    currency = shop_of(tx, leaving.shop_id).currency
    sku = f"exit-{leaving.exit_id}-check"

    def tried(mode: Mode | None) -> str:
        draft = ProductDraft(sku, sku, mode, 100, 100, 100, 100, Money.from_minor(100, currency))
        put_products(tx, leaving.shop_id, [draft])
        row = tx.one(
            "select mode from products where shop_id = :shop and sku = :sku", shop=leaving.shop_id, sku=sku
        )
        assert row is not None, "it was put there"
        return Mode(row.mode).word

    answers = {
        word: _answer_to(tx, partial(tried, mode)) for word, mode in (("unsaid", None), ("jit", Mode.JIT))
    }
    sound = answers == {"unsaid": "standard", "jit": "product.jit_not_offered"}
    return Found(sound, {"sku": sku, "answers": answers})


def jit_line_is_refused(tx: Tx[Policy], leaving: Exit) -> Found:
    """Putting a JIT line into the plan is refused: each that the policy has is tried."""
    plan = plan_of(tx, leaving.shop_id)
    standard = [code for code, line in tx.policy.lines.items() if line.kind == "standard"][:1]

    def tried(line: str) -> str:
        put_plan(tx, leaving.shop_id, [line, *(plan or standard)])
        return DONE

    lines = jit_lines(tx.policy.lines)
    answers = {line: _answer_to(tx, partial(tried, line)) for line in lines}
    return Found(set(answers.values()) <= {"plan.jit_not_offered"}, {"answers": answers})


def no_grant_works(tx: Tx[Policy], leaving: Exit) -> Found:
    """No supplier that ever held a grant on the shop reaches it: each is asked for the shops that it may see.

    What each letter has closed was tried beside it, call by call: a letter that is not proven does not pass.
    """
    grants = tx.rows(
        "select g.supplier_id, max(g.ended_at) as ended_at, count(*) filter (where g.ended_at is null) as live, "
        "max(b.letter_id) as letter_id from grants g "
        "left join bindings b on b.shop_id = g.shop_id and b.binding_id = g.binding_id "
        "where g.shop_id = :shop group by g.supplier_id order by g.supplier_id",
        shop=leaving.shop_id,
    )
    suppliers = [
        {
            "supplier_id": row.supplier_id,
            "live_grants": row.live,
            "reaches_shop": leaving.shop_id in granted_shops(tx, row.supplier_id),
            "ended_at": row.ended_at and row.ended_at.isoformat(),
            "letter_id": row.letter_id,
        }
        for row in grants
    ]
    works = any(each["live_grants"] or each["reaches_shop"] for each in suppliers)
    unproven = [letter.number for letter in unproven_letters(tx, leaving.shop_id)]
    return Found(not works and not unproven, {"suppliers": suppliers, "unproven_letters": unproven})


def nothing_is_open(tx: Tx[Policy], leaving: Exit) -> Found:
    """No JIT order is open, no fee unsettled, no grant live; disputed fees that are held are counted. Source: EXIT-1..3."""
    counts = counts_of(facts_of(tx, leaving.shop_id))
    blocking = blocking_of(counts)
    return Found(not blocking, {"blockers": blocking, "secured_fees": counts.get("secured_fee", 0)})


CHECKS: Mapping[str, Callable[[Tx[Policy], Exit], Found]] = {
    "intake_is_closed": intake_is_closed,
    "jit_is_not_offered": jit_is_not_offered,
    "no_product_in_jit_mode": no_product_in_jit_mode,
    "no_jit_line_in_the_plan": no_jit_line_in_the_plan,
    "jit_mode_is_refused": jit_mode_is_refused,
    "new_listing_is_standard": new_listing_is_standard,
    "jit_line_is_refused": jit_line_is_refused,
    "no_grant_works": no_grant_works,
    "nothing_is_open": nothing_is_open,
}
"""Every check by its name, in the order in which they are run: what is put right comes before what is tried."""


def _answer_to(tx: Tx[Policy], act: Callable[[], str]) -> str:
    """What an act answers, or the code that it is refused with; whatever it did is undone."""
    try:
        _try_and_undo(tx, act)
    except _Undone as undone:
        return str(undone)


def _try_and_undo(tx: Tx[Policy], act: Callable[[], str]) -> NoReturn:
    with tx.undone_by(_Undone):
        try:
            answer = act()
        except Refused as refused:
            answer = refused.code
        raise _Undone(answer)
