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
};
