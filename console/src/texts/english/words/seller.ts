/** What codes of the API are called: seller. */
import type { Like } from "../../like";
import type { words as pattern } from "../../zh/words/seller";

export const words: Like<typeof pattern> = {
  remedy: {
    remind: "Remind",
    reroute: "Reroute",
    take_over: "Take over",
    cancel: "Cancel",
  },
  mode: {
    jit: "JIT",
    standard: "Standard",
  },
  check: {
    intake_is_closed: "New orders go the standard way",
    jit_is_not_offered: "JIT is not offered to the shop",
    no_product_in_jit_mode: "No product is in JIT mode",
    no_jit_line_in_the_plan: "No JIT line stands in the plan",
    jit_mode_is_refused: "Setting JIT mode is refused",
    new_listing_is_standard: "A new listing is standard",
    jit_line_is_refused: "Putting a JIT line into the plan is refused",
    no_grant_works: "No supplier's grant works",
    nothing_is_open: "No JIT order or fee is open",
  },
  part: {
    fulfilments: "Fulfilments",
    settlement: "Settlement",
    switch: "Switch",
    unshipped: "not shipped",
    shipped: "under way",
  },
  basis: {
    shop_line_country: "this shop, line and country",
    shop: "this shop",
    supplier: "the supplier",
    policy: "the policy",
  },
  binding: {
    offered: "Offered",
    active: "Active",
    ending: "Ending: to be signed",
    ended: "Ended",
  },
  enrolment: {
    off: "Off",
    joining: "Joining",
    on: "On",
    leaving: "Leaving",
  },
  product_exit: {
    open: "Open",
    done: "Done",
    taken_back: "Taken back",
  },
  missing: {
    untick_mode: "Untick JIT",
    remove_mapping: "Remove the mapping",
  },
  calibration: {
    open: "To count",
    overdue: "Overdue",
    counted: "Counted",
  },
  charge: {
    handling: "Order handling",
    warehouse: "Warehouse work",
    freight: "Trunk freight",
    goods: "Goods",
    penalty: "Penalty",
  },
  charge_state: {
    provisional: "Provisional",
    due: "Due",
    disputed: "Disputed",
    settled: "Settled",
    waived: "Waived",
    reversed: "Reversed",
  },
  unsettled: {
    no_delivery_evidence: "No delivery evidence yet",
    not_yet_due: "Not yet due",
    not_enough_funds: "Not enough funds",
    in_dispute: "In dispute",
    no_rate: "No rate of exchange",
  },
};
