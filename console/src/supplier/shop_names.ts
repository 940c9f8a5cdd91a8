import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { calls } from "../api/client";
import { useSupplierId } from "./place";

const FRESH_MS = 300_000;
const MOST_PAGES = 20;

async function allNames(): Promise<ReadonlyMap<number, string>> {
  const names = new Map<number, string>();
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { data } = await calls.GET("/v1/supplier/bindings", { params: { query: { limit: 200, cursor } } });
    for (const each of data?.items ?? []) if (each.shop_name !== null) names.set(each.shop_id, each.shop_name);
    if (!data?.next_cursor) break;
    cursor = data.next_cursor;
  }
  return names;
}

/** What a shop is called while there is a binding with it; after that it has its number. */
export function useShopNames(): (id: number) => string {
  const { t } = useTranslation();
  const supplier = useSupplierId();
  const names = useQuery({
    queryKey: ["shop names", supplier],
    queryFn: allNames,
    staleTime: FRESH_MS,
    // Not asked anew with all else after each act: names hardly ever change.
    enabled: ({ state }) => state.data === undefined || Date.now() - state.dataUpdatedAt > FRESH_MS,
  });
  return (id) => names.data?.get(id) ?? t("portal.shop", { id });
}
