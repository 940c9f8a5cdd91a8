import { api, type Schemas } from "../api/client";
import { useBusinessNow } from "./BusinessTime";

export type Policy = Schemas["PolicyOut"];
const RARELY = 300_000;

/** The version of the rules that is in force now. */
export function usePolicyInForce(): Policy | undefined {
  const now = useBusinessNow(60_000).toISOString();
  const heads = api.useQuery("get", "/v1/policies", { params: { query: { limit: 200 } } }, { staleTime: RARELY });
  const head = heads.data?.items.findLast((each) => Date.parse(each.in_force_from) <= Date.parse(now));
  const version = head?.version ?? "";
  return api.useQuery("get", "/v1/policies/{version}", { params: { path: { version } } }, { staleTime: RARELY, enabled: version !== "" }).data;
}
