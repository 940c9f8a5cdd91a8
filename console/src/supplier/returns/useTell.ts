import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { useTellActs } from "../../pieces/acted";
import { useSay } from "../../pieces/say";

/** Tells of one return of a shop's. */
export function useTell(done: () => void): { send: (shop_id: number, told: Schemas["ReturnIn"]) => void; busy: boolean } {
  const { t } = useTranslation();
  const say = useSay();
  const tellActs = useTellActs();
  const queries = useQueryClient();
  const tell = api.useMutation("post", "/v1/shops/{shop_id}/returns", {
    onError: say.failed,
    onSuccess: async ({ results }) => {
      if (results.some(({ status }) => status === "refused")) return tellActs({ results: results.map(({ index, status, code }) => ({ index: index ?? 0, status, code })) });
      say.done(t("portal.returns.told"));
      done();
      await queries.invalidateQueries();
    },
  });
  return { send: (shop_id, told) => tell.mutate({ params: { path: { shop_id } }, body: [told] }), busy: tell.isPending };
}
