import type { Like } from "../../like";
import type { news as pattern } from "../../zh/pages/news";

export const news: Like<typeof pattern> = {
  hint: "What each new version of the rules changes for this shop; announced 14 days before it holds",
  none: "No new version of the rules since the shop opened",
  in_force: "in force from {{at}}",
  ahead: "to come",
  holds: "in force",
  rulebook: "By: {{name}}",
  changes: "Changes",
  nothing: "Nothing that touches this shop",
  others: "{{count}} other change(s) do not touch this shop",
  fees: "What it does to fees",
  fees_basis: "{{count}} fulfilment(s) of orders placed {{since}} – {{until}}, worked out under both versions",
  before: "Before ({{version}})",
  after: "After ({{version}})",
  difference: "Difference",
  together: "Together",
  mark: "Mark as read",
  mark_of: "Mark as read: {{version}}",
  read_at: "You read this on {{at}}",
  others_read: "{{count}} other(s) have read it",
  announced: "Announced {{at}}",
};
