/** What a supplier's portal says. */
import type { Like } from "../like";
import type { supplier as pattern } from "../zh/supplier";
import { people } from "./pages/people";
import { portal } from "./portal";
import { words } from "./words/supplier";

export const supplier: Like<typeof pattern> = {
  words,
  people,
  portal,
  menu: {
    fulfilments: "Fulfilments",
  },
  supplier: {
    hint: "Answer, pick, label, hand over",
    none: "Nothing here",
    part: "Fulfilment",
    answer_by: "Answer by",
    parcels: "Parcels",
    chosen: "Chosen: {{count}}",
    accept: "Accept",
    reject: "Reject",
    reason: "Why",
    picked: "Picked",
    shipped: "Handed over",
    label: "Label",
    label_of: "Label of fulfilment {{id}}",
    labelled: "Labelled",
    carrier: "Carrier",
    waybill: "Waybill",
    weight_g: "Weight g",
    length_mm: "Length mm",
    width_mm: "Width mm",
    height_mm: "Height mm",
  },
};
