/** What several sides' pages say: fetched with whichever comes first. */
import type { Like } from "../like";
import type { shared as pattern } from "../zh/shared";
import { words } from "./words/shared";

export const shared: Like<typeof pattern> = {
  words,
  list: {
    choose: "Choose {{name}}",
    choose_all: "Choose all",
    more: "Load more",
    csv: "Export CSV",
    csv_cut: "Only the first {{count}} rows were exported: narrow the filters and export in parts",
    close: "Close",
    download: "Download PDF",
    print: "Print",
    save: "Save",
  },
  story: {
    expected: "expected {{at}}",
  },
  orders: {
    ship_by: "Ship by",
    state: "State",
    goods: "Goods",
    bulk: "Bulk actions",
    all_done: "Done: {{count}}",
    some_refused: "{{count}} of {{all}} refused",
    ship_to: "Ship to",
  },
  exit: {
    note: "Note",
    blockers: "What stands in the way",
    off_at: "Goes off at",
    ticket: "Ticket number",
    at: "At",
    started: "Started",
    number: "Exit {{id}}",
  },
  suppliers: {
    acts: "Actions",
  },
  mappings: {
    wanted: "Needed",
  },
};
