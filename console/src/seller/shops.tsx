/** The seller's shops, and the one that a page is about. */
import { createContext, useContext } from "react";
import type { Schemas } from "../api/client";
import { useMe, type Place } from "../shell/session";
import { useForms, type Forms } from "../texts/use";

export type Shop = Schemas["ShopOut"];

const ThisShop = createContext<Shop | null>(null);
export const ShopProvider = ThisShop;

export function useShop(): Shop {
  const shop = useContext(ThisShop);
  if (shop === null) throw new Error("useShop outside of a shop's page");
  return shop;
}

export function useShopForms(): Forms {
  return useForms(useShop().zone);
}

export function useShopPlaces(): Place[] {
  return useMe().places.filter((place) => place.party === "shop");
}

/** Whether the person's role in this shop holds that permission. */
export function useMay(): (permission: string) => boolean {
  const shop = useShop();
  const place = useShopPlaces().find((each) => each.party_id === shop.id);
  return (permission) => place?.permissions.includes(permission) ?? false;
}
