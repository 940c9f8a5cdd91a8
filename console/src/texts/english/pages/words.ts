import type { Like } from "../../like";
import type { words as pattern } from "../../zh/pages/words";

export const words: Like<typeof pattern> = {
  evidence: {
    fulfilment: "which fulfilment",
    waybill: "which waybill",
  },
  battery: {
    in_equipment: "In the device",
    with_equipment: "Beside the device",
    alone: "Alone",
  },
  cell: {
    lithium_ion: "Lithium ion",
    lithium_metal: "Lithium metal",
    sodium_ion: "Sodium ion",
  },
  line_kind: {
    jit: "JIT",
    standard: "Standard",
    smart: "Smart",
  },
  refused_goods: {
    battery_in_equipment: "batteries in devices",
    battery_with_equipment: "batteries beside devices",
    battery_alone: "batteries alone",
    liquid: "liquids",
    magnetic: "magnets",
  },
  paper: {
    customs_name: "name in English",
    hs_code: "HS code",
    origin: "origin",
    declared_value: "declared value",
  },
  violation: {
    false_shipment: "False shipment",
    wrong_address: "Wrong address",
    stock_out: "Stock-out",
  },
  violation_state: {
    recorded: "Recorded",
    appealed: "Appealed",
    confirmed: "Upheld",
    withdrawn: "Withdrawn",
  },
  at_fault: {
    shop: "the seller",
    supplier: "the supplier",
  },
  stock_out: {
    refused: "Refused at intake",
    cancelled: "Cancelled for want of stock",
  },
  review: {
    opened: "Under review",
    passed: "Passed",
    failed: "Failed",
  },
  axis: {
    described: "As described",
    communication: "Communication",
    shipping: "Shipping speed",
  },
  funds_kind: {
    open_order: "Open order",
    unsettled_charge: "Unsettled fee",
    open_dispute: "Open dispute",
  },
  clears: {
    end: "the order's end",
    charging: "charging",
    delivery: "delivery",
    settlement: "settlement",
    deposit: "a deposit",
    decision: "the dispute's decision",
    rate: "an exchange rate",
  },
  entry: {
    handling: "Order handling",
    warehouse: "Warehouse work",
    freight: "Trunk freight",
    goods: "Goods",
    penalty: "Stock-out penalty",
    compensation: "Compensation",
    subsidy: "Subsidy",
    deposit: "Deposit",
    withdrawal: "Withdrawal",
    hold: "Hold",
    other: "Other",
  },
  enquiry: {
    opened: "Waits for an answer",
    answered: "Answered",
  },
  enquiry_answer: {
    delivered: "Delivered",
    in_transit: "Under way",
    lost: "Lost",
    unknown: "Not known",
  },
  address_fault: {
    buyer: "The buyer's",
    seller: "The seller's",
    channel: "The channel's",
    supplier: "The supplier's",
    carrier: "The carrier's",
    unknown: "Unknown",
  },
  figure: {
    to_ship: "Placed to shipped",
    in_transit: "Under way",
    to_deliver: "Placed to delivered",
    return_rate: "Returned in 7 days",
    stale_rate: "Stale",
    acceptance_on_time: "Answered in time",
    collection_on_time: "Collected in time",
    stuck_rate: "Stuck",
    rejection_rate: "Rejected",
    dispute_rate: "Disputed",
  },
  way: {
    jit: "JIT",
    standard: "Standard",
    mixed: "Mixed",
  },
};
