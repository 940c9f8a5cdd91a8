import { api } from "../api/client";

/** What suppliers are called, by their number. */
export function useSupplierNames(): (id: number | null | undefined) => string {
  const suppliers = api.useQuery("get", "/v1/suppliers", { params: { query: { limit: 200 } } }, { staleTime: 300_000 });
  const names = new Map(suppliers.data?.items.map(({ id, name }) => [id, name]));
  return (id) => (id == null ? "–" : (names.get(id) ?? `#${id}`));
}
