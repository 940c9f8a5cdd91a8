/** What the list of orders is narrowed to: it stands in the address, so that a link shows the same. */
import { useSearchParams } from "react-router";

export const GROUPS = ["awaiting_shipment", "in_transit", "delivered", "completed", "cancelled", "returned", "lost"] as const;
export const FLAGS = [
  "stuck",
  "stale",
  "late_answer",
  "unpushed",
  "address_problem",
  "held",
  "short",
  "not_reported",
  "no_measure",
  "papers_missing",
] as const;
export const DUES = ["overdue", "24h"] as const;

type Key = "group" | "flag" | "supplier" | "due" | "channel_order_no" | "placed_from" | "placed_until";

const oneOf = <Word extends string>(words: readonly Word[], text: string | null): Word | undefined =>
  words.find((word) => word === text);

export function useFilters() {
  const [search, setSearch] = useSearchParams();
  const text = (key: Key) => search.get(key) ?? undefined;
  const supplier = Number(search.get("supplier")) || undefined;
  const filters = {
    group: oneOf(GROUPS, search.get("group")),
    flag: oneOf(FLAGS, search.get("flag")),
    due: oneOf(DUES, search.get("due")),
    supplier,
    channel_order_no: text("channel_order_no"),
    placed_from: text("placed_from"),
    placed_until: text("placed_until"),
  };
  const set = (changes: Partial<Record<Key | "order", string | undefined>>) =>
    setSearch(
      (before) => {
        const after = new URLSearchParams(before);
        for (const [key, value] of Object.entries(changes)) {
          if (value) after.set(key, value);
          else after.delete(key);
        }
        return after;
      },
      { replace: !("order" in changes) },
    );
  return { filters, set, order: Number(search.get("order")) || undefined };
}

export type Filters = ReturnType<typeof useFilters>["filters"];
export type SetFilters = ReturnType<typeof useFilters>["set"];
