"""For every check of the audit a statement that breaks it: by the owner's hand, past every use case."""

BREAKS: dict[str, str] = {
    "units_moved": "update stock set on_hand = on_hand - 1 where on_hand > 0",
    "units_not_negative": """
        alter table stock drop constraint ck_stock_no_negative_units;
        alter table stock drop constraint ck_stock_held_is_on_hand;
        update stock set on_hand = -1""",
    "units_allotted": "update pools set counted = 0",
    "units_reserved": "update fulfilment_lines set units = units + 1",
    "never_oversold": """
        insert into movements
          (shop_id, movement_id, location, item, owner, kind, on_hand_change, reserved_change, at)
        select shop_id, nextval('movement_ids'), location, item, owner, 3, 0, 100000, counted_at from stock
        where counted_at is not null limit 1""",
    "held_until_counted": "update stock set held = 1 where on_hand > 0",
    "transfers_conserve": """
        insert into calibrations
          (shop_id, calibration_id, sku, supplier_id, item, transfer_note, item_units, a_sale, units, held, released_at,
           due_at, counted_at, policy)
        select shop_id, nextval('calibration_ids'), sku, 1, 'I', 'T', 7, 3, 2, 0, updated_at, updated_at, updated_at, 'jit-3.2'
        from products""",
    "uncounted_off_sale": """
        insert into calibrations
          (shop_id, calibration_id, sku, supplier_id, item, transfer_note, item_units, a_sale, units, held, released_at,
           due_at, delisted_at, policy)
        select shop_id, nextval('calibration_ids'), sku, 1, 'I', 'T', 0, 1, 0, 0, updated_at, updated_at, updated_at, 'jit-3.2'
        from products""",
    "product_exits_sound": """
        insert into product_exits (shop_id, product_exit_id, sku, state, opened_at, ended_at, policy)
        select shop_id, nextval('product_exit_ids'), sku, 80, updated_at + interval '1 day', updated_at + interval '1 day',
          'jit-3.2' from products""",
    "orders_covered": "update order_lines set quantity = quantity + 1",
    "fulfilments_owned": "update grants set ended_at = since",
    "one_live_push": """
        insert into pushes
          (shop_id, push_id, supplier_id, fulfilment_id, kind, message_id, created_at, due_at, tries)
        select shop_id, nextval('push_ids'), supplier_id, fulfilment_id, 'fulfilment.pushed', 'm', reserved_at,
          reserved_at, 0 from fulfilments, generate_series(1, 2) where supplier_id is not null""",
    "states_told": "update fulfilments set state = 92 where state = 91",
    "orders_told": """
        insert into orders
        select shop_id, order_id + 1000, channel, channel_order_no || 'x', fingerprint, placed_at, received_at,
          ship_by, paid_at, source_status, currency, goods_minor, freight_minor, policy from orders""",
    "books_balance": "update balances set credited_minor = credited_minor + 1 where account = 'external'",
    "funds_not_overdrawn": """
        update balances set debited_minor = credited_minor + 1 where account = 'shop_funds'""",
    "settled_once": "update charges set amount_minor = amount_minor + 1 where state = 80",
    "charged_once": """
        insert into charges
        select shop_id, nextval('charge_ids'), kind, state, subject, round + 1, order_id, fulfilment_id, parcel_id,
          amount_minor, currency, payee, basis, policy, accrued_at, fixed_at, due_at, settled_at, settled_on,
          journal_id from charges""",
    "ended_in_line": "update fulfilments set ended_at = null, charged_at = null where state = 80",
    "delivered_charged": "delete from charges where kind = 3",
    "nothing_left_provisional": "update charges set state = 10 where state = 81",
    "due_in_line": """
        update charges set state = 20 where state = 80;
        update fundings set settle_at = null""",
    "charges_told": "update charges set state = 82 where state = 80",
    "journals_told": "update transfers set at = at + interval '1 second' where cause = 'charge.settled'",
    "holds_stand": "update charges set secured_at = accrued_at where state = 80",
    "holds_in_line": """
        update charges set state = 30 where state = 80;
        update fundings set settle_at = null""",
    "payees_known": "delete from payees",
    "payouts_posted": """
        insert into payouts (journal_id, account, reference, currency, amount_minor, paid_at, paid_by)
        select journal_id, credit, 'R', currency, amount_minor, at, '' from transfers limit 1""",
    "subsidies_once": """
        insert into subsidies (shop_id, order_id, journal_id, amount_minor, currency, paid_at)
        select shop_id, 1, journal_id, amount_minor, currency, at from transfers limit 1""",
    "move_moves": "update moves set state = 81 where state = 10",
    "moves_in_time": "update moves set until = until + interval '1 day'",
    "moves_counted_by_orders": "update moves set days = '[[0, 1000000]]'",
    "tracks_have_moves": "update tracks set move_id = 0",
    "what_moved_stays_out": "update events set event_id = -event_id where kind = 'move.started'",
    "first_orders_subsidised": """
        insert into subsidies (shop_id, order_id, journal_id, amount_minor, currency, paid_at)
        select shop_id, 1, journal_id, amount_minor, currency, at from transfers limit 1""",
    "units_never_negative": """
        insert into movements
          (shop_id, movement_id, location, item, owner, kind, on_hand_change, reserved_change, at)
        select shop_id, nextval('movement_ids'), location, item, owner, 1, -100000, 0, counted_at from stock
        where counted_at is not null limit 1""",
    "units_given_up": """
        insert into movements
          (shop_id, movement_id, location, item, owner, kind, on_hand_change, reserved_change, fulfilment_id, at)
        select shop_id, nextval('movement_ids'), location, item, owner, 4, 0, -1, fulfilment_id, at from movements
        where kind = 4""",
    "fulfilment_moves": "update fulfilments set state = 40 where state = 60",
    "charge_moves": "update charges set state = 10 where state = 80",
    "supplier_moves": "update suppliers set state = 40",
    "binding_moves": "update bindings set state = 30",
    "enrolment_moves": "update enrolments set state = 30",
    "lines_take_goods": """update order_lines set goods = '{"battery": "alone", "cell": "lithium_ion"}'""",
    "capacity_counted": """
        insert into capacities select supplier_id, 9, timestamptz '2020-01-01 00:00Z' from suppliers;
        insert into capacity_days select supplier_id, date '2021-01-01', 1 from suppliers""",
    "flags_in_place": "update fulfilments set flags = flags | 8 where state = 60",
    "flags_told": "update fulfilments set flags = flags | 2 where state = 60",
    "deadlines_in_line": "update fulfilments set stuck_at = null where state = 20",
    "stamps_stand": "update fulfilments set picked_at = null where state = 60",
    "chains_sound": "update fulfilments set replaces = null where replaces is not null",
    "cancellations_sound": "update fulfilments set cancel_answered_at = reserved_at where state = 20",
    "people_told": """
        insert into events (shop_id, event_id, kind, subject, order_id, at, recorded_at, actor, policy, body)
        select shop_id, nextval('event_ids'), 'fulfilment.flagged', subject, order_id, at, recorded_at, actor, policy,
          '{"flag": "stuck"}' from events where kind = 'fulfilment.shipped'""",
    "remedies_done": """
        insert into remedies (shop_id, remedy_id, fulfilment_id, action, actor, at)
        select shop_id, nextval('remedy_ids'), fulfilment_id, 'cancel', 'operator', reserved_at from fulfilments""",
    "parcels_reported": "update parcels set reported_at = labelled_at",
    "not_reported_flagged": "update fulfilments set flags = flags | 128",
    "waybills_name_parcels": "update waybills set waybill = waybill || 'x'",
    "early_scans_wait": """
        insert into early_scans (carrier, waybill, occurred_at, status, sub_status, received_at, place, forget_at)
        select carrier, waybill, labelled_at, 'collected', '', labelled_at, '', labelled_at from parcels""",
    "parcels_folded": "update parcels set status = 'in_transit' where status = 'delivered'",
    "fulfilments_folded": "update fulfilments set shipped_at = shipped_at - interval '1 hour' where state = 60",
    "pushes_in_line": """
        insert into pushes
          (shop_id, push_id, supplier_id, fulfilment_id, kind, message_id, created_at, due_at, tries)
        select shop_id, nextval('push_ids'), supplier_id, fulfilment_id, 'fulfilment.pushed', 'm', reserved_at,
          reserved_at, 0 from fulfilments where supplier_id is not null""",
    "pushes_tried": """
        insert into pushes (shop_id, push_id, supplier_id, fulfilment_id, kind, message_id, created_at, tries)
        select shop_id, nextval('push_ids'), supplier_id, fulfilment_id, 'fulfilment.pushed', 'm', reserved_at, 1
        from fulfilments where supplier_id is not null;
        insert into push_tries (shop_id, try_id, push_id, supplier_id, at, status, latency_ms, excerpt)
        select shop_id, nextval('try_ids'), push_id, supplier_id, created_at, 200, 1, '' from pushes""",
    "breakers_sound": """
        insert into endpoints (supplier_id, url, secret, enabled, set_at, breaker)
        select supplier_id, 'http://x', '', true, applied_at, 2 from suppliers""",
    "deliveries_sound": """
        insert into deliveries
        select shop_id, nextval('delivery_ids'), 1, null, event_id, kind, 'm', at, 10, null, 0, null, at
        from events limit 1""",
    "handovers_sound": """
        insert into handover_parcels
          (shop_id, note_id, parcel_id, fulfilment_id, supplier_id, waybill, weight_g, listed_at, missing)
        select shop_id, 1, parcel_id, fulfilment_id, 1, waybill, weight_g, labelled_at, false from parcels""",
    "goods_checks_sound": """
        insert into goods_checks
          (shop_id, check_id, fulfilment_id, supplier_id, line_no, scanned, number, units, actor, at)
        select l.shop_id, l.fulfilment_id, l.fulfilment_id, f.supplier_id, l.line_no, l.item, f.order_id, l.units + 1,
          'supplier:1', f.reserved_at
        from fulfilment_lines l join fulfilments f using (shop_id, fulfilment_id)
        where l.line_no = 1 and f.supplier_id is not null""",
    "grants_by_bindings": "update grants set ended_at = since",
    "offers_reach_suppliers": "delete from invitations",
    "letters_end_bindings": "update bindings set state = 80, ended_at = accepted_at",
    "mappings_under_grants": "update bindings set state = 80",
    "letters_proven_by_tries": """
        insert into letters (shop_id, letter_id, binding_id, supplier_id, number, drawn_at, signed_at, proven_at)
        select shop_id, 1, binding_id, supplier_id, 'JIT-TL-2026-000001', offered_at, offered_at, offered_at
        from bindings limit 1""",
    "documents_as_signed": """
        insert into documents (shop_id, document_id, kind, subject, number, sha256, body, made_at)
        select shop_id, 1, 'letter', 1, 'JIT-TL-2026-000001', '', 'changed', offered_at from bindings limit 1""",
    "mappings_allotted": "delete from stock where location <> 0",
    "intake_by_enrolment": "update enrolments set state = 80",
    "heads_stand": "delete from heads where shop_id <> 0",
    "exit_moves": "update exits set state = 40",
    "ratings_added_up": """
        insert into rating_days (shop_id, day, ratings, described, communication, shipping)
        select shop_id, date '2026-03-02', 1, 500, 500, 500 from shops""",
    "ratings_of_orders": """
        insert into ratings (shop_id, order_id, described, communication, shipping, rated_at, told_at)
        select shop_id, 0, 500, 500, 500, created_at, created_at from shops""",
    "violations_sound": """
        insert into violations (shop_id, violation_id, kind, fault, cause, state, evidence, at, recorded_at, recorded_by, policy)
        select shop_id, nextval('violation_ids'), 'stock_out', 'shop', 'operator', 80, '{}', created_at, created_at,
          'operator', 'jit-3.2' from shops""",
    "stock_outs_recorded": """
        insert into stock_outs (shop_id, stock_out_id, channel, channel_order_no, cause, at, placed_at, policy)
        select shop_id, nextval('stock_out_ids'), 'demo', 'X', 'refused', created_at, created_at, 'jit-3.2' from shops""",
    "came_back_by_right": """
        insert into enrolments (shop_id, number, state, joined_at, authorisation, policy)
        select shop_id, 2, 20, joined_at, authorisation, policy from enrolments where number = 1""",
    "leaving_by_an_exit": "update enrolments set state = 30",
    "out_is_out": "update shops set jit_offered = true where not jit_offered",
    "nothing_outlives_an_exit": "update grants set ended_at = null where ended_at is not null",
    "exits_verified": "update exit_checks set passed = false",
    "tickets_told": "update exits set ticket = null",
    "people_belong": """
        insert into users (user_id, email, name, locale, password_hash, made_at)
        select 1, 'a@b.test', 'A', 'en', '', received_at from orders limit 1""",
    "charges_figured": "update charges set amount_minor = amount_minor + 1 where state = 80",
    "charges_due_then": "update charges set due_at = due_at + interval '1 hour' where state = 80",
    "waived_by_end": "update charges set state = 81 where state = 80",
    "charged_for_shipping": "delete from charges",
    "rounds_follow": "update charges set round = 1",
    "conversions_exact": "update charges set base_minor = amount_minor, base_currency = 'USD', rate = 1 where state = 80",
    "unconverted_in_line": "update charges set currency = 'EUR' where state = 10",
    "rounds_at_one_rate": "update charges set kind = 1, subject = 1, round = charge_id, rate = charge_id",
    "rounding_booked": """
        insert into transfers (shop_id, transfer_id, journal_id, at, debit, credit, amount_minor, currency, cause)
        select shop_id, nextval('transfer_ids'), journal_id, at, 'rounding', 'platform_revenue', 1, currency, 'charge.rounded'
        from transfers limit 1""",
    "returned_once": "update charges set state = 82 where journal_id is not null and amount_minor > 0",
    "goods_priced": """
        insert into supply_prices (shop_id, sku, supplier_id, holds_from, price_minor, set_at)
        select shop_id, sku, supplier_id, timestamptz '2020-01-01Z', 100, timestamptz '2020-01-01Z' from mappings""",
    "stock_outs_penalised": """
        insert into stock_outs (shop_id, stock_out_id, channel, channel_order_no, cause, at, placed_at, policy)
        select shop_id, order_id, channel, channel_order_no, 'refused', placed_at, placed_at, policy from orders limit 1""",
    "funds_told": """
        insert into events (shop_id, event_id, kind, subject, at, recorded_at, actor, policy, body)
        select shop_id, nextval('event_ids'), 'funds.deposited', 'journal:0', at, recorded_at, actor, policy, '{}'
        from events limit 1""",
    "statements_agree": """
        insert into statements (shop_id, month, after_transfer, last_transfer, opening, closing, policy, issued_at)
        select shop_id, 202603, 0, max(transfer_id), '{}', '{"CNY": 1}', 'jit-3.2', max(at) from transfers group by shop_id""",
    "statements_follow": """
        insert into statements (shop_id, month, after_transfer, last_transfer, opening, closing, policy, issued_at)
        select shop_id, 202603, 7, 7, '{}', '{}', 'jit-3.2', max(at) from transfers group by shop_id""",
    "statements_issued": "update turns set due_at = '2026-05-01 00:00+08' where name = 'statements'",
    "enquiries_numbered": "insert into enquiry_years values (2026, 7)",
    "answers_scanned": """
        insert into enquiries
          (shop_id, enquiry_id, number, state, charge_id, order_id, fulfilment_id, parcel_id, carrier, waybill, asked_at, asked_by,
           answer, occurred_at, answered_at, answered_by, policy)
        select shop_id, parcel_id, 'N', 80, 1, 1, fulfilment_id, parcel_id, carrier, waybill, labelled_at, 'shop:1', 'lost',
          labelled_at, labelled_at, 'carrier:x', 'jit-3.2' from parcels""",
    "exposure_frozen": """
        insert into exits (shop_id, exit_id, enrolment, state, reason, started_at, forced_at, before, policy)
        select distinct shop_id, 1, 1, 40, 'other', received_at, received_at + interval '1 day', cast('{}' as jsonb), policy
        from orders""",
    "freeze_obeyed": """
        insert into funds_holds (shop_id, hold_id, exit_id, set_at)
        select shop_id, 1, 1, min(at) - interval '1 day' from transfers group by shop_id;
        insert into events (shop_id, event_id, kind, subject, at, recorded_at, actor, policy, body)
        select shop_id, nextval('event_ids'), 'funds.withdrawn', 'journal:0', at, recorded_at, actor, policy, '{}'
        from events where shop_id <> 0""",
    "appeals_sound": """
        insert into appeals (shop_id, appeal_id, exit_id, state, text, opened_at, opened_by, policy)
        select shop_id, 1, 1, 10, 'x', received_at, 'shop:1', policy from orders limit 1""",
    "bound_are_qualified": "update suppliers set state = 20",
    "reviews_end_once": """
        insert into reviews (shop_id, review_id, supplier_id, state, opened_at, due_at, policy)
        select shop_id, 1, 1, 80, received_at, received_at, policy from orders limit 1""",
    "versions_announced_in_time": """
        insert into policy_announcements (shop_id, version, changes, announced_at)
        select shop_id, 'jit-3.2', 0, created_at from shops""",
    "versions_announced_to_all": """
        update shops set created_at = '2024-04-01 00:00+08';
        insert into policy_announcements (shop_id, version, changes, announced_at)
        select shop_id, 'jit-3.2', 0, '2024-04-20 00:00+08' from shops order by shop_id limit 1;
        update turns set due_at = '2024-04-21 00:00+08' where name = 'policy_changes'""",
    "announcements_told": """
        insert into policy_readings (shop_id, version, read_by, read_at)
        select shop_id, 'jit-3.2', 'shop:1', created_at from shops""",
    "days_by_tallies": """
        insert into supplier_days (supplier_id, day, facts, fulfilments)
        select supplier_id, cast(applied_at as date), 5, 1 from suppliers""",
    "tallies_by_events": """
        insert into seals (shop_id, seal_no, first_event, last_event, events, content, previous, sealed_at, jws)
        select shop_id, 1, min(event_id), max(event_id), count(*), '', '', max(recorded_at), '' from events
        group by shop_id;
        insert into tally_reaches (shop_id, seal_no) select shop_id, seal_no from seals""",
    "shop_days_by_tallies": """
        insert into shop_supplier_days (shop_id, supplier_id, day, facts, fulfilments)
        select distinct shop_id, 1, cast(received_at as date), 5, 1 from orders""",
    "days_by_orders": """
        insert into order_days (shop_id, figure, day, way, hours, orders, seconds)
        select distinct shop_id, 2, cast(received_at as date), 2, 3, 1, 10000 from orders""",
    "orders_counted_by_events": """
        insert into counted_orders (shop_id, order_id, way, placed_at, marks)
        select shop_id, order_id, 2, placed_at, 0 from orders""",
    "awards_within_bounds": "update dispute_decisions set awarded_minor = awarded_minor + 5000",
    "awards_posted_once": "update dispute_decisions set reversed_by = null",
    "disputes_sound": "delete from dispute_parties where party = 'supplier'",
    "seller_pays_for_shown_faults": "update dispute_evidence set shows = 'quality'",
    "files_intact": "update files set body = body || 'x'",
    "parts_have_wholes": "delete from orders",
    "numbers_once": """
        insert into orders
        select shop_id + 1, order_id, channel, channel_order_no, fingerprint, placed_at, received_at,
          ship_by, paid_at, source_status, currency, goods_minor, freight_minor, policy from orders""",
    "policies_known": "update orders set policy = 'jit-9'",
    "orders_add_up": "update order_lines set unit_price_minor = unit_price_minor + 1",
    "clocks_ran": """
        insert into calendars (supplier_id, zone, week, days, set_at)
        select supplier_id, 'Asia/Shanghai', '{"6": ["09:00", "17:00"]}', '[]', applied_at from suppliers""",
    "ways_fit": "update fulfilments set line = 'cainiao_standard' where line is not null",
    "buyers_erased": "update recipients set erased_at = now()",
    "record_sealed": """
        insert into seals (shop_id, seal_no, first_event, last_event, events, content, previous, sealed_at, jws)
        select shop_id, 1, min(event_id), max(event_id), count(*), '', '', max(recorded_at), '' from events
        group by shop_id""",
}
"""What breaks each check; the owner's hand can do what no other login may."""
