import { calls } from "../../api/client";
import { People } from "../../people/People";
import { dataOf, PartyProvider, type Party } from "../../people/party";
import { useMay, useShop, useShopForms } from "../shops";

/** 成员与安全 of a shop. */
export function Component() {
  const shop_id = useShop().id;
  const may = useMay();
  const forms = useShopForms();
  const party: Party = {
    key: `shop:${shop_id}`,
    roles: ["owner", "finance", "clerk"],
    usual: "clerk",
    hint: "people.hint",
    may,
    forms,
    members: (cursor) => dataOf(calls.GET("/v1/shops/{shop_id}/members", { params: { path: { shop_id }, query: { cursor } } })),
    invitations: (cursor) => dataOf(calls.GET("/v1/shops/{shop_id}/invitations", { params: { path: { shop_id }, query: { cursor } } })),
    invite: (body) => calls.POST("/v1/shops/{shop_id}/invitations", { params: { path: { shop_id } }, body }),
    withdraw: (invitation_id) => calls.DELETE("/v1/shops/{shop_id}/invitations/{invitation_id}", { params: { path: { shop_id, invitation_id } } }),
    setRole: ({ user_id, role }) => calls.PUT("/v1/shops/{shop_id}/members/{user_id}", { params: { path: { shop_id, user_id } }, body: { role } }),
    remove: (user_id) => calls.DELETE("/v1/shops/{shop_id}/members/{user_id}", { params: { path: { shop_id, user_id } } }),
  };
  return (
    <PartyProvider value={party}>
      <People />
    </PartyProvider>
  );
}
