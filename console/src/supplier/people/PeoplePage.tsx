import { calls } from "../../api/client";
import { People } from "../../people/People";
import { dataOf, PartyProvider, type Party } from "../../people/party";
import { useMay, useSupplierForms, useSupplierId } from "../place";

/** 成员与安全 of a supplier. */
export function Component() {
  const supplier_id = useSupplierId();
  const may = useMay();
  const forms = useSupplierForms();
  const party: Party = {
    key: `supplier:${supplier_id}`,
    roles: ["lead", "picker"],
    usual: "picker",
    hint: "people.hint_supplier",
    may,
    forms,
    members: (cursor) => dataOf(calls.GET("/v1/suppliers/{supplier_id}/members", { params: { path: { supplier_id }, query: { cursor } } })),
    invitations: (cursor) => dataOf(calls.GET("/v1/suppliers/{supplier_id}/invitations", { params: { path: { supplier_id }, query: { cursor } } })),
    invite: (body) => calls.POST("/v1/suppliers/{supplier_id}/invitations", { params: { path: { supplier_id } }, body }),
    withdraw: (invitation_id) => calls.DELETE("/v1/suppliers/{supplier_id}/invitations/{invitation_id}", { params: { path: { supplier_id, invitation_id } } }),
    setRole: ({ user_id, role }) => calls.PUT("/v1/suppliers/{supplier_id}/members/{user_id}", { params: { path: { supplier_id, user_id } }, body: { role } }),
    remove: (user_id) => calls.DELETE("/v1/suppliers/{supplier_id}/members/{user_id}", { params: { path: { supplier_id, user_id } } }),
  };
  return (
    <PartyProvider value={party}>
      <People />
    </PartyProvider>
  );
}
