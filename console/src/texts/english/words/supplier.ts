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
    invalid_address: "Invalid address",
    unserviceable_destination: "Destination not served",
    item_unknown: "Item unknown",
    other: "Other",
  },
};
