import { useQueryClient } from "@tanstack/react-query";
import { useSay } from "./say";

/** What most commands do when they end: say so, and have all that is shown asked for again. */
export function useTold(done?: string, after?: () => void) {
  const say = useSay();
  const queries = useQueryClient();
  return {
    onError: say.failed,
    onSuccess: async () => {
      if (done) say.done(done);
      after?.();
      await queries.invalidateQueries();
    },
  };
}
