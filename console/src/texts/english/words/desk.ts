/** What codes of the API are called: desk. */
import type { Like } from "../../like";
import type { words as pattern } from "../../zh/words/desk";

export const words: Like<typeof pattern> = {
  supplier: {
    applied: "Applied",
    under_review: "Under review",
    qualified: "Qualified",
    suspended: "Suspended",
    declined: "Declined",
    retired: "Retired",
  },
  supplier_kind: {
    preferred: "Preferred",
    third_party: "Third party",
  },
  decision: {
    qualify: "Qualify",
    decline: "Decline",
    suspend: "Suspend",
    restore: "Restore",
    retire: "Retire",
  },
  document: {
    licence: "Licence",
  },
  review: {
    opened: "To review",
    passed: "Passed",
    failed: "Failed",
  },
  beneficiary: {
    shop: "The shop",
    buyer: "The buyer",
  },
  violation: {
    false_shipment: "False shipment",
    wrong_address: "Wrong address",
    stock_out: "Stock-out",
  },
  violation_state: {
    recorded: "Recorded",
    appealed: "Appealed",
    confirmed: "Confirmed",
    withdrawn: "Withdrawn",
  },
  violation_decision: {
    upheld: "Uphold the appeal",
    rejected: "Reject the appeal",
    withdrawn: "Withdraw the violation",
  },
  exemption: {
    festival: "Festival",
    storm: "Storm",
    strike: "Strike",
    other: "Other",
  },
};
