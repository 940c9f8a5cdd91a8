import { Outlet, useParams } from "react-router";
import { api } from "../api/client";
import { Failure } from "../pieces/Failure";
import { Waiting } from "../pieces/Waiting";
import { ShopProvider } from "./shops";

export function Component() {
  const shop_id = Number(useParams()["shop"]);
  const shop = api.useQuery("get", "/v1/shops/{shop_id}", { params: { path: { shop_id } } }, { staleTime: 60_000 });
  if (shop.isPending) return <Waiting />;
  if (shop.error) return <Failure error={shop.error} retry={() => void shop.refetch()} />;
  return (
    <ShopProvider value={shop.data} key={shop_id}>
      <Outlet />
    </ShopProvider>
  );
}
