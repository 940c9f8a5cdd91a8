"""A world in which something is due at every station of the line, and what stands in it when all is done."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from andon.kernel.clock import set_clock
from andon.kernel.db import Database
from andon.kernel.money import Money
from andon.kernel.outside import LOOPBACK
from andon.kernel.tx import Actor, Tx
from andon.membership.appeals.service import appeal_exit
from andon.membership.departures.service import announce
from andon.membership.exits.service import force_exit, start_exit, strike, verify_exit
from andon.membership.moves.rules import MoveDraft, ProductDraft
from andon.membership.moves.service import start_move
from andon.membership.qualification.service import open_review
from andon.membership.standing.rules import Draft as Violation
from andon.membership.standing.service import appeal_violation, record_violation
from andon.membership.unbinding.service import Signature, draw_up_end, sign_letter
from andon.money.charges.station import ACCRUE
from andon.money.rates.rules import RateDraft
from andon.money.rates.service import set_rates
from andon.money.settlement.service import deposit_funds, dispute_charges
from andon.orders.cancelling.service import Wish, cancel_orders
from andon.orders.intake.service import accept_orders
from andon.orders.reporting import service as reporting
from andon.orders.reporting.station import make_shipment_reports
from andon.orders.tracking.service import IncomingMeasure, record_measures
from andon.partners.calendars.rules import Reason
from andon.partners.calendars.service import Draft, declare_exemption
from andon.partners.catalog.rules import Mode
from andon.partners.catalog.service import remove_mappings_to
from andon.partners.suppliers.rules import Application
from andon.partners.suppliers.service import apply_suppliers, set_endpoint
from andon.partners.tracks.rules import Choice
from andon.platform.outbox.service import set_contacts
from andon.platform.policies.rules import Policy
from andon.platform.subscriptions.service import subscribe
from tests.worlds import NOON, transaction
from tests.worlds_disputes import decided, opened, photo, sold
from tests.worlds_exits import SELLER, done_exit, thrown_exit
from tests.worlds_orders import accept, incoming
from tests.worlds_parting import a_consigning_shop
from tests.worlds_partners import DemoShop, bind, open_demo_shop, qualified_suppliers
from tests.worlds_post import person
from tests.worlds_supply import CARRIER, a_scan, labelled, orders_for, scanned, taken

DELIVERED = NOON + timedelta(days=5)
LATER = NOON + timedelta(days=40)
"""When all of it is due at once."""
EACH = 6


@dataclass(frozen=True)
class Due:
    """The suppliers that take pushes: one whose endpoint answers, one at whose endpoint nobody is."""

    answers: int
    away: int


def a_world_with_all_due(database: Database, key: bytes) -> Due:
    """Fill a database; its clock stands 40 days after what happened in it. `key` seals the endpoints' secrets."""
    with transaction(database) as tx:
        pushed = open_demo_shop(tx, skus=("S-1",), suppliers=1)
        unheard = open_demo_shop(tx, skus=("S-1",), suppliers=1)
        pulls = open_demo_shop(tx, skus=("S-1", "S-2"), suppliers=1)
        # Two shops at one supplier: its units are evened out between them.
        shares = open_demo_shop(tx, skus=("S-1", "S-2"), suppliers=pulls.supplier_ids)
        world = Due(pushed.supplier_ids[0], unheard.supplier_ids[0])
        for supplier_id in (world.answers, world.away):
            set_endpoint(tx, supplier_id, "http://127.0.0.1:9/nobody", key, allowed=LOOPBACK)
        reporting.set_endpoint(tx, "demo", "http://127.0.0.1:9/nobody", key, allowed=LOOPBACK)
        parted = open_demo_shop(tx, skus=("S-1",), suppliers=1)
        leaving = open_demo_shop(tx, skus=("S-1",), suppliers=1)
        [binding] = tx.rows("select binding_id from bindings where shop_id = :shop", shop=parted.shop_id)
    with transaction(database) as tx:
        letter = draw_up_end(tx, parted.shop_id, binding.binding_id).letter_id
    assert letter is not None
    with transaction(database) as tx:
        announce(tx, leaving.supplier_ids[0], NOON + timedelta(days=3), Signature("王五", "key:2", "notice"))
        sign_letter(tx, parted.shop_id, letter, Signature("李雷", "key:1", "key"))
    with transaction(database) as tx:
        _stock_that_comes_back(tx)
        for _ in range(EACH):
            wrong = Violation(pulls.shop_id, "wrong_address", "shop", "operator", NOON)
            appeal_violation(tx, pulls.shop_id, record_violation(tx, wrong).violation_id, "申诉")
    with transaction(database) as tx:
        _fees_in_dispute(tx)
    with transaction(database) as tx:
        _fees_to_be_charged_anew(tx)
    with transaction(database) as tx:
        set_rates(tx, [RateDraft("CNY", "EUR", NOON.date(), Decimal("0.1268"))])
    with transaction(database, actor=Actor("shop", pushed.shop_id)) as tx:
        subscribe(tx, "http://127.0.0.1:9/nobody", ["order.accepted"], key, allowed=LOOPBACK)
    with transaction(database) as tx:
        orders_for(tx, pushed.shop_id, EACH)
        orders_for(tx, unheard.shop_id, EACH)
        _tries_whose_time_is_over(tx, unheard.shop_id)
        for shop in (pulls, shares):
            _orders_at_every_place(tx, shop)
            set_contacts(tx, "seller", [person("li@shop.test", digest_at="09:00")], key, shop_id=shop.shop_id)
        # What the other comes to owe waits for funds, but for the first of it.
        deposit_funds(tx, pulls.shop_id, Money.of("1000.00", "CNY"))
        deposit_funds(tx, shares.shop_id, Money.of("2.00", "CNY"))
        scanned(tx, *(a_scan(f"NOBODYS-{n}") for n in range(EACH)))
        # Some are reports that nobody took, the others are to become reports.
        assert make_shipment_reports(tx, EACH) == EACH
    _exits_that_go_on(database)
    _a_move_that_ends(database)
    _reviews_that_wait(database)
    _disputes_that_go_on(database)
    with transaction(database, DELIVERED) as tx:
        rows = tx.rows(
            "select waybill from parcels p join orders o using (shop_id) join fulfilments f "
            "using (shop_id, order_id) where f.fulfilment_id = p.fulfilment_id and o.channel_order_no like 'delivered%'"
        )
        told = scanned(tx, *(a_scan(row.waybill, "delivered", occurred_at=DELIVERED) for row in rows))
        assert told == ["recorded"] * 2 * EACH
        storm = NOON + timedelta(hours=1)
        declare_exemption(
            tx, Draft(Reason.STORM, storm, storm + timedelta(hours=5), suppliers=pulls.supplier_ids)
        )
    with database.owner.begin() as connection:
        connection.execute(text(_OLD_TRIES))
        connection.execute(text(_OLD_DELIVERIES))
        set_clock(connection, "manual", 0, LATER)
    return world


_OLD_TRIES = (
    "insert into push_tries (shop_id, try_id, push_id, supplier_id, at, status, latency_ms, excerpt, forget_at) "
    "select shop_id, nextval('try_ids'), push_id, supplier_id, created_at, 500, 1, '', created_at from pushes"
)
"""Tries of long ago, whose time to be forgotten has come."""


_OLD_DELIVERIES = (
    "insert into deliveries (shop_id, delivery_id, webhook_id, kind, message_id, created_at, state, tries, delivered_at, "
    "forget_at) select w.party_id, nextval('delivery_ids'), w.webhook_id, 'webhook.ping', 'ping_' || n, w.created_at, 80, 1, "
    f"w.created_at, w.created_at from webhooks w, generate_series(1, {EACH}) n"
)
"""Deliveries of long ago, too."""


def _orders_at_every_place(tx: Tx[Policy], shop: DemoShop) -> None:
    """Some that wait for an answer, some that are stuck, stale, delivered."""
    unanswered = orders_for(tx, shop.shop_id, EACH, prefix="unanswered")
    stuck = orders_for(tx, shop.shop_id, EACH, prefix="stuck")
    unwanted = orders_for(tx, shop.shop_id, EACH, prefix="unwanted")
    stale = orders_for(tx, shop.shop_id, EACH, prefix="stale")
    delivered = orders_for(tx, shop.shop_id, EACH, prefix="delivered")
    assert unanswered
    taken(tx, [*stuck, *unwanted])
    wishes = tx.rows(
        "select order_id from fulfilments where fulfilment_id = any(:unwanted) order by 1", unwanted=unwanted
    )
    cancel_orders(tx, [Wish(shop.shop_id, row.order_id, tx.now, "buyer") for row in wishes])
    labelled(tx, [*stale, *delivered])
    told = scanned(tx, *(a_scan(f"W{number}") for number in (*stale, *delivered)))
    assert told == ["recorded"] * 2 * EACH


def _fees_in_dispute(tx: Tx[Policy]) -> None:
    """Some that are to be held, now that there is money."""
    shop = open_demo_shop(tx, skus=("S-1",), suppliers=1)
    numbers = orders_for(tx, shop.shop_id, EACH)
    labelled(tx, numbers)
    scanned(tx, *(a_scan(f"W{number}") for number in numbers))
    assert ACCRUE.step(tx, EACH) == EACH
    charges = [row.charge_id for row in tx.rows("select charge_id from charges")]
    assert dispute_charges(tx, shop.shop_id, charges, 1) == sorted(charges)
    deposit_funds(tx, shop.shop_id, Money.of("100.00", "CNY"))


def _fees_to_be_charged_anew(tx: Tx[Policy]) -> None:
    """Some that wait for a rate, of parcels that weigh more; and orders that the seller could not fill."""
    shop = open_demo_shop(tx, skus=("S-1",), suppliers=1, currency="EUR")
    numbers = [f"euro{n}" for n in range(EACH)]
    accept(tx, shop.shop_id, *(incoming(number, "S-1", currency="EUR") for number in numbers))
    rows = tx.rows("select fulfilment_id from fulfilments where shop_id = :shop", shop=shop.shop_id)
    parts = [row.fulfilment_id for row in rows]
    labelled(tx, parts)
    scanned(tx, *(a_scan(f"W{number}") for number in parts))
    assert ACCRUE.step(tx, EACH) == EACH
    record_measures(tx, CARRIER, [IncomingMeasure(f"W{number}", 900, 200, 150, 40) for number in parts])
    seller = open_demo_shop(tx, skus=("S-1",), suppliers=1, mode=Mode.STANDARD)
    accept_orders(tx, seller.shop_id, [incoming(f"lacking{n}", "S-1") for n in range(EACH)])


def _stock_that_comes_back(tx: Tx[Policy]) -> None:
    """Some that is to be counted, and some that is free again and follows it."""
    shop = a_consigning_shop(tx, *(f"BACK-{n}" for n in range(EACH)))
    orders = accept(tx, shop.shop_id, *(incoming(sku, sku) for sku in shop.skus))
    remove_mappings_to(tx, shop.shop_id, shop.supplier_ids[0])
    cancel_orders(tx, [Wish(shop.shop_id, order_id, tx.now, "buyer") for order_id in orders])


def _exits_that_go_on(database: Database) -> None:
    """One whose queue has just become empty, and one whose switch is thrown."""
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=("S-1",), suppliers=1)
        [order] = accept(tx, shop.shop_id, incoming("last", "S-1"))
    with transaction(database) as tx:
        start_exit(tx, shop.shop_id, "strategy")
    with transaction(database) as tx:
        cancel_orders(tx, [Wish(shop.shop_id, order, tx.now, "buyer")])
    thrown_exit(database, skus=("S-1",), suppliers=1)
    _exit_by_force(database)


def _a_move_that_ends(database: Database) -> None:
    """One whose week is over, of a product that is stocked and one that its supplier ships."""
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=("S-1", "S-2"), suppliers=1)
    with transaction(database) as tx:
        start_move(tx, shop.shop_id, MoveDraft(products=[ProductDraft("S-2", Choice.SUPPLIER_SHIPS)]))


def _disputes_that_go_on(database: Database) -> None:
    """One that nobody decides, one that is to be paid, one that was rejected."""
    order = sold(database)
    claims = [opened(database, order.claim(amount="5.00"), [photo()]) for _ in range(3)]
    decided(database, claims[1])
    decided(database, claims[2], outcome="rejected")


def _exit_by_force(database: Database) -> None:
    """One that was verified in vain, of which nothing is open any more: its letter, its freeze and its appeal wait."""
    verified_at = LATER - timedelta(hours=1)
    with transaction(database) as tx:
        shop = open_demo_shop(tx, skus=("S-1",), suppliers=1)
        deposit_funds(tx, shop.shop_id, Money.of("100.00", "CNY"))
        [order] = accept(tx, shop.shop_id, incoming("open", "S-1"))
    with transaction(database) as tx:
        exit_id = start_exit(tx, shop.shop_id, "service").exit_id
    with transaction(database) as tx:
        ticket = force_exit(tx, shop.shop_id, exit_id, SELLER).ticket
    for act in (strike, verify_exit):
        with transaction(database, verified_at) as tx:
            act(tx, shop.shop_id, exit_id)
    with transaction(database) as tx:
        assert ticket is not None
        appeal_exit(tx, shop.shop_id, exit_id, ticket, "未核验")
    with transaction(database, verified_at) as tx:
        cancel_orders(tx, [Wish(shop.shop_id, order, tx.now, "buyer")])


def _reviews_that_wait(database: Database) -> None:
    """An application and a review that nobody has decided, and a supplier that a shop has signed on its way back."""
    left, _ = done_exit(database, skus=("S-1",), suppliers=1)
    with transaction(database) as tx:
        apply_suppliers(tx, [Application(f"仓{number}") for number in range(EACH)])
        open_review(tx, left.shop_id, *qualified_suppliers(tx, 1))
    with transaction(database, DELIVERED) as tx:
        bind(tx, left.shop_id, left.supplier_ids)


def _tries_whose_time_is_over(tx: Tx[Policy], shop_id: int) -> None:
    tx.run(
        "insert into push_tries (shop_id, try_id, push_id, supplier_id, at, latency_ms, excerpt, forget_at) "
        "select shop_id, nextval('try_ids'), push_id, supplier_id, created_at, 3, 'refused', :then from pushes "
        "where shop_id = :shop",
        shop=shop_id,
        then=LATER,
    )


STANDS = {
    "fulfilments": "shop_id, fulfilment_id, order_id, supplier_id, state, flags, replaces, shipped_at, delivered_at, "
    "completed_at, accrued_at, charged_at, due_at, stuck_at, stale_at",
    "fulfilment_lines": "shop_id, fulfilment_id, line_no, location, item, units",
    "charges": "shop_id, kind, state, round, order_id, fulfilment_id, amount_minor, currency, accrued_at, settled_at, "
    "secured_at, overdue_at, base_minor, rate, rate_wanted_on",
    "missing_rates": "base, quote, wanted_on",
    "stock_outs": "shop_id, channel_order_no, charge_at",
    "transfers": "shop_id, debit, credit, amount_minor, currency, cause",
    "balances": "shop_id, account, currency, debited_minor, credited_minor",
    "fundings": "shop_id, settle_at, late_at, overdue_at",
    "payees": "account, shop_id",
    "stock": "shop_id, location, item, owner, on_hand, reserved, held",
    "movements": "shop_id, location, item, owner, kind, on_hand_change, reserved_change, held_change, fulfilment_id",
    "calibrations": "shop_id, sku, supplier_id, item, item_units, units, held, released_at, due_at, delisted_at",
    "products": "shop_id, sku, mode, delisted_at",
    "pools": "supplier_id, item, counted, even_at",
    "pushes": "shop_id, push_id, fulfilment_id, kind, message_id, delivered_at",
    "events": "shop_id, kind, order_id, at, recorded_at, actor",
    "reports": "shop_id, channel, kind, fulfilment_id, parcel_id, sku, flag_at, reported_at",
    "deliveries": "shop_id, webhook_id, kind, state, delivered_at",
    "funds_holds": "shop_id, exit_id, set_at, lifted_at",
    "disputes": "shop_id, dispute_id, state, breaches, closed_at, paid_journal_id is not null",
    "appeals": "shop_id, appeal_id, state, escalated_at",
    "standings": "shop_id, look_at",
    "violations": "shop_id, kind, cause, fulfilment_id, state, escalated_at",
    "reviews": "shop_id, supplier_id, state, opened_at, due_at, escalated_at",
    "suppliers": "supplier_id, state, review_due_at, reviewed_at, escalated_at",
    "bindings": "shop_id, supplier_id, state, review_at",
    "exits": "shop_id, exit_id, state, thrown_at, off_at, ended_at",
    "exit_checks": 'shop_id, exit_id, "check", passed, put_right, evidence, at',
    "enrolments": "shop_id, number, state, ended_at",
    "plan_lines": "shop_id, line, precedence",
    "moves": "shop_id, move_id, state, ended_at, due_at",
    "tracks": "shop_id, sku, choice, closes_at, stocked_at",
    "product_exits": "shop_id, sku, state, missing",
    "outbox": "shop_id, contact_id, kind, notice_id is not null, state",
    "departures": "shop_id, begun_at, left_at",
    "letters": "shop_id, binding_id, signed_at, proven_at",
    "revocation_tries": "shop_id, key_id, tried, status, code, refused",
    "early_scans": "carrier, waybill, status",
}
"""What must be the same however often a process died on the way; numbers that are only drawn are left out."""


def what_stands(database: Database) -> dict[str, list[Any]]:
    """All that the line did, table by table; what runs beside it, as the audit, may have ended by now or not."""
    aside = {"events": " where kind not in ('audit.passed', 'exit.certified')"}
    with database.line.connect() as connection:
        return {
            table: sorted(
                map(repr, connection.execute(text(f"select {columns} from {table}{aside.get(table, '')}")))
            )
            for table, columns in STANDS.items()
        }
