/** What codes of the API are called: shell. */
import type { Like } from "../../like";
import type { words as pattern } from "../../zh/words/shell";

export const words: Like<typeof pattern> = {
  task: {
    unanswered: "Supplier has not answered",
    unpushed: "Not pushed",
    waiting: "No supplier can take it",
    short: "Short of stock",
    uncollected: "Not collected",
    stale: "Carrier is silent",
    cancellation: "Cancellation unanswered",
    address_problem: "Address needs a look",
    held: "Held",
    not_reported: "Shipment not reported",
    no_measure: "No measured weight",
    papers_missing: "Papers missing",
    uncounted: "Stock to count",
    half_left: "Product exit half done",
    endpoint: "Endpoint trouble",
    audit: "Audit finding",
  },
};
