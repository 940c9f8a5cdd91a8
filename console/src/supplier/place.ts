/** The supplier whose portal it is: its number, what the person may there, and its forms. */
import { useParams } from "react-router";
import type { Schemas } from "../api/client";
import { useMe } from "../shell/session";
import { useForms, type Forms } from "../texts/use";

export type Part = Schemas["SupplierFulfilment"];
export type Parcel = Schemas["SuppliedParcel"];
export const STATES = ["pushed", "accepted", "picked", "labelled", "shipped"] as const;
export type PartState = (typeof STATES)[number];

/** The address of a page of this portal. */
export function useAddress(): (page: string) => string {
  const { supplier } = useParams();
  return (page) => `/supplier/${supplier}${page}`;
}

export function useSupplierId(): number {
  return Number(useParams()["supplier"]);
}

export function useMay(): (permission: string) => boolean {
  const { supplier } = useParams();
  const place = useMe().places.find(({ party, party_id }) => party === "supplier" && String(party_id) === supplier);
  return (permission) => place?.permissions.includes(permission) ?? false;
}

const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Instants stand in the zone of the machine, which is the warehouse's. */
export function useSupplierForms(): Forms {
  return useForms(ZONE);
}

/** Whether the buyer wants it cancelled, and nobody has answered yet. */
export const isAskedToCancel = (part: Part): boolean => part.cancel_requested_at !== null && part.cancel_answered_at === null;
