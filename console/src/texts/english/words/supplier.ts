/** What codes of the API are called: supplier. */
import type { Like } from "../../like";
import type { words as pattern } from "../../zh/words/supplier";

export const words: Like<typeof pattern> = {
  work: {
    pushed: "To answer",
    accepted: "To pick",
    picked: "To label",
    labelled: "To hand over",
    shipped: "Under way",
  },
  rejection: {
    out_of_stock: "Out of stock",
    damaged: "Damaged",
    invalid_address: "Invalid address",
    unserviceable_destination: "Destination not served",
    item_unknown: "Item unknown",
    other: "Other",
  },
  chore: {
    unanswered: "To answer",
    uncollected: "To hand over",
    short: "Short",
    cancellation: "Cancellations to answer",
    endpoint: "Endpoint is broken",
  },
  check_code: {
    "check.other_order": "Another order's number",
    "check.wrong_item": "Not of this order: put it back",
    "check.too_many": "More than it needs",
  },
  mark: {
    battery_alone: "Battery alone",
    battery_with_equipment: "Battery packed with it",
    battery_in_equipment: "Battery inside",
    liquid: "Liquid",
    magnetic: "Magnetic",
  },
  voiding: {
    misprinted: "Misprinted",
    wrong_measure: "Wrong weight or size",
    wrong_address: "Wrong address",
    other_carrier: "Another carrier",
    repacked: "Packed anew",
    other: "Other",
  },
  entry: {
    "charge.settled": "Fee",
    "charge.reversed": "Fee reversed",
    "charge.rounded": "Rounding",
    "charge.released": "No longer disputed",
    "charge.disputed": "Disputed",
    "payable.paid_out": "Payout",
    "dispute.decided": "Dispute lost",
    "dispute.reversed": "Dispute decision taken back",
    "dispute.paid": "Dispute paid",
    "dispute.owed": "Owed by a dispute",
  },
  breaker: {
    closed: "Well",
    half_open: "Being tried",
    open: "Broken",
  },
  push: {
    "fulfilment.pushed": "New fulfilment",
    "fulfilment.cancel_requested": "Cancellation asked",
    "fulfilment.late_answer": "Answer is late",
    "fulfilment.reminded": "Reminder",
    "fulfilment.withdrawn": "Withdrawn",
    "fulfilment.held": "Held",
    "fulfilment.released": "Released",
    "fulfilment.ship_to_corrected": "Address corrected",
  },
};
