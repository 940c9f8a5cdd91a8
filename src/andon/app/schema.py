"""Every table of every room, on one metadata: what a migration must lead to."""

from andon.kernel import clock, events
from andon.kernel.http import tables as idempotency
from andon.kernel.tables import Base
from andon.membership.appeals import tables as appeals
from andon.membership.departures import tables as departures
from andon.membership.enrolment import tables as enrolment
from andon.membership.exits import tables as exits
from andon.membership.moves import tables as moves
from andon.membership.policy_changes import tables as policy_changes
from andon.membership.qualification import tables as qualification
from andon.membership.standing import tables as standing
from andon.membership.unbinding import tables as unbinding
from andon.money.charges import tables as charges
from andon.money.disputes import tables as disputes
from andon.money.enquiries import tables as enquiries
from andon.money.funds import tables as funds
from andon.money.ledger import tables as ledger
from andon.money.payables import tables as payables
from andon.money.rates import tables as rates
from andon.money.settlement import tables as settlement
from andon.money.statements import tables as statements
from andon.money.transits import tables as transits
from andon.orders.addresses import tables as addresses
from andon.orders.cancelling import tables as cancelling
from andon.orders.capacity import tables as capacity
from andon.orders.days import tables as days
from andon.orders.handovers import tables as handovers
from andon.orders.holds import tables as holds
from andon.orders.order import tables as order
from andon.orders.papers import tables as papers
from andon.orders.push import tables as push
from andon.orders.remedies import tables as remedies
from andon.orders.reporting import tables as reporting
from andon.orders.returns import tables as returns
from andon.orders.shipping import tables as shipping
from andon.orders.stockouts import tables as stockouts
from andon.orders.tracking import tables as tracking
from andon.partners.bindings import tables as bindings
from andon.partners.calendars import tables as calendars
from andon.partners.catalog import tables as catalog
from andon.partners.parting import tables as parting
from andon.partners.plans import tables as plans
from andon.partners.shops import tables as shops
from andon.partners.stock import tables as stock
from andon.partners.suppliers import tables as suppliers
from andon.partners.taxes import tables as taxes
from andon.partners.tracks import tables as tracks
from andon.platform.accounts import tables as accounts
from andon.platform.audits import tables as audits
from andon.platform.documents import tables as documents
from andon.platform.files import tables as files
from andon.platform.keyring import tables as keyring
from andon.platform.notices import tables as notices
from andon.platform.outbox import tables as outbox
from andon.platform.people import tables as people
from andon.platform.policies import tables as policies
from andon.platform.record import tables as record
from andon.platform.subscriptions import tables as subscriptions
from andon.platform.turns import tables as turns

TABLES = (
    accounts, addresses, appeals, audits, bindings, calendars, cancelling, capacity, catalog, charges, clock, days,
    departures, disputes, documents, enquiries, enrolment, events, exits, files, funds, handovers, holds,
    idempotency, keyring, ledger, moves, notices, order, outbox, papers, parting, payables, people, plans, policies,
    policy_changes, push, qualification, rates, record, remedies, reporting, returns, settlement, shipping, shops,
    standing, statements, stock, stockouts, subscriptions, suppliers, taxes, tracking, tracks, transits, turns,
    unbinding,
)  # fmt: skip
metadata = Base.metadata
