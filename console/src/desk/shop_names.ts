import { api } from "../api/client";

/** What shops are called, by their number. */
export function useShopNames(): (id: number) => string {
  const shops = api.useQuery("get", "/v1/shops", { params: { query: { limit: 200 } } }, { staleTime: 60_000 });
  const names = new Map(shops.data?.items.map(({ id, name }) => [id, name]));
  return (id) => names.get(id) ?? `#${id}`;
}
