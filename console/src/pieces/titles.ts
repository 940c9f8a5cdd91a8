import { useQueryClient } from "@tanstack/react-query";
import { api } from "../api/client";
import { ofBoth } from "../texts/use";

/** What refusals are called whose code alone stands in a list of results: fetched with the first one that is shown. */
export function useTitles(): () => Promise<(code: string) => string> {
  const queries = useQueryClient();
  return async () => {
    const known = await queries.fetchQuery({ ...api.queryOptions("get", "/v1/problems"), staleTime: Infinity }).catch(() => undefined);
    return (code) => ofBoth(known?.titles[code] ?? { en: code, "zh-CN": code });
  };
}
