import { api } from "../../api/client";
import { BY_CURSOR, itemsOf } from "../../pieces/paged";
import { useShop } from "../shops";
import type { Listed } from "./move";

/** The shop's moves, the newest first. */
export function useMoves() {
  const shop = useShop();
  return api.useInfiniteQuery("get", "/v1/shops/{shop_id}/moves", { params: { path: { shop_id: shop.id }, query: {} } }, { ...BY_CURSOR, refetchInterval: 15_000 });
}

/** The newest move of that exit that was not taken back. */
export function useMoveOfExit(exit_id: number): Listed | undefined {
  return itemsOf(useMoves().data).find((each) => each.exit_id === exit_id && each.state !== "cancelled");
}
