"""Every column that can hold words is said to hold a buyer's data, which is erased, or none; a new one must be said."""

from sqlalchemy import LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB

from andon.app.schema import metadata
from andon.orders.erasure.rules import ADDRESS, KEPT

CODES = {
    "address_corrections": "fault actor", "balances": "account currency", "bindings": "policy",
    "charges": "currency payee basis policy base_currency", "clock": "kind", "enrolments": "authorisation policy",
    "fulfilment_lines": "sku item", "fulfilments": "line reason policy cancel_reason cancel_by cancel_answer",
    "grants": "scopes", "departures": "signed_by", "letters": "number signed_by factor", "revocation_tries": "tried code", "handover_notes": "number carrier shops sha256", "handover_parcels": "waybill",
    "returns": "lines reason condition told_by",
    "holds": "reason actor released_by", "mappings": "sku item", "movements": "item",
    "orders": "channel channel_order_no fingerprint source_status currency policy", "outlets": "channel",
    "parcels": "carrier waybill status void_reason", "plan_lines": "line", "policy_announcements": "version", "policy_overrides": "key value set_by",
    "policy_readings": "version read_by",
    "pools": "item", "push_tries": "url body_sha256", "pushes": "kind message_id", "recipients": "country commitment",
    "remedies": "action actor", "scans": "status sub_status", "seals": "content previous jws", "shortages": "reason",
    "rates": "base quote set_by", "missing_rates": "base quote", "stock_outs": "channel channel_order_no cause sku policy",
    "supply_prices": "sku",
    "retired_keys": "kid purpose jws", "stock": "item", "transfers": "debit credit currency cause base_currency", "payees": "account",
    "payouts": "account reference currency paid_by", "subsidies": "currency", "waybills": "carrier waybill",
    "notices": "audience kind facts", "reports": "channel kind sku facts message_id reported_by",
    "events": "kind subject actor policy body address", "audits": "findings",
    "outbox": "audience kind facts address locale zone said", "deliveries": "kind message_id",
    "documents": "kind number sha256",
    "delivery_tries": "url body_sha256 excerpt", "goods_checks": "scanned code actor", "order_lines": "sku goods",
    "appeals": "opened_by verdict answered_by policy",
    "dispute_answers": "party party_id answer answered_by", "dispute_decisions": "outcome payer clause waived decided_by",
    "dispute_evidence": "kind shows given_by", "dispute_parties": "party party_id",
    "disputes": "carrier cause currency beneficiary charges opened_by outcome payer appealed_by policy",
    "files": "owner_party owner_id media_type sha256",
    "calibrations": "sku item transfer_note policy", "unmapped_items": "item sku", "product_exits": "sku missing policy",
    "enquiries": "number carrier waybill asked_by answer answered_by policy", "enquiry_numbers": "number carrier",
    "statements": "opening closing seal policy", "turns": "name", "usual_transits": "line country",
    "reviews": "decided_by scorecard policy", "supplier_decisions": "decision decided_by scorecard policy",
    "supplier_documents": "kind sha256 added_by",
    "exits": "reason forced_by forced_factor ticket before policy", "exit_checks": "check evidence",
    "moves": "chosen days policy", "tracks": "sku shares choice",
    "former_mappings": "sku item", "violations": "kind fault cause evidence recorded_by appealed_by decided_by policy",
}  # fmt: skip
"""Codes, numbers and hashes; an order's fingerprint goes with its address. Events, notices, reports and messages say
facts alone, and an event's address is its caller's. What a subscriber answers, it answers to an event.
"""

PARTIES = {
    "appeals": "text note", "channels": "channel url secret old_secret", "documents": "body", "departures": "signed_name alternatives",
    "letters": "signed_name ended", "contacts": "audience robot address sealed role kinds locale zone "
    "quiet_from quiet_until digest_at", "endpoints": "url secret old_secret",
    "handover_signatures": "role signed_by signature", "keys": "secret_hash party party_id scopes label",
    "bins": "item bin barcode", "calendars": "zone week days public_holidays",
    "exemptions": "reason note region declared_by", "exits": "note forced_name forced_note", "memberships": "party party_id role",
    "password_resets": "token_hash", "person_invitations": "email invited_by locale party party_id role token_hash",
    "products": "sku title goods", "recovery_codes": "code_hash",
    "sessions": "token_hash replaced_hash address agent", "sign_in_tries": "key_hash", "shops": "name category locale currency zone",
    "reviews": "note", "supplier_decisions": "note", "supplier_documents": "number", "suppliers": "name kind documents decision_note policy place", "tax_numbers": "kind number",
    "users": "email name locale password_hash totp_sealed", "webhooks": "party url secret old_secret",
}  # fmt: skip
"""What shops, suppliers, carriers and channels are, and the people who act and sign for them: no buyer is among them."""

SHORT_LIVED = {
    "call_counts": "caller",
    "early_scans": "carrier waybill status sub_status place raw",
    "idempotent_answers": "party token fingerprint content_type body",
}
"""What ends by itself: early scans after 30 days; answers, which are sealed, after 24 hours; counts, under hashes, after a minute."""


def columns(said: dict[str, str]) -> set[str]:
    return {f"{table}.{name}" for table, names in said.items() for name in names.split()}


def test_every_column_of_words_is_known_to_be_of_a_buyer_or_not() -> None:
    words = {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Text | JSONB | LargeBinary)
    }
    erased = {f"{kept.table}.{name}" for kept in KEPT for name in kept.erased}
    erased |= {f"recipients.{name}" for name in ADDRESS}
    groups = [columns(CODES), columns(PARTIES), columns(SHORT_LIVED), erased]
    assert set().union(*groups) == words
    assert sum(map(len, groups)) == len(words), "each is said once"


def test_what_is_written_once_may_be_emptied_by_the_line_where_a_buyer_is_erased() -> None:
    granted = {
        (table.name, tuple(table.info["erased"]))
        for table in metadata.sorted_tables
        if "erased" in table.info
    }
    wanted = {
        (kept.table, tuple(kept.erased))
        for kept in KEPT
        if metadata.tables[kept.table].info.get("append_only")
    }
    assert granted == wanted
