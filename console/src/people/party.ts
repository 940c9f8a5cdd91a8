/** The party whose people these are: a shop or a supplier. Its calls differ in their paths, and in nothing else. */
import { createContext, useContext } from "react";
import type { Schemas } from "../api/client";
import type { Paged } from "../pieces/paged";
import type { Forms } from "../texts/use";

export type Role = "owner" | "finance" | "clerk" | "lead" | "picker";
type Pages<Row> = (cursor: string | undefined) => Promise<Paged<Row>>;

export interface Party {
  /** What its lists are kept under. */
  key: string;
  /** What its people may be; the first may all. */
  roles: readonly Role[];
  /** What most who are invited are to be. */
  usual: Role;
  hint: "people.hint" | "people.hint_supplier";
  may: (permission: string) => boolean;
  forms: Forms;
  members: Pages<Schemas["MemberOut"]>;
  invitations: Pages<Schemas["InvitationOut"]>;
  invite: (body: Schemas["InvitationIn"]) => Promise<unknown>;
  withdraw: (invitation_id: number) => Promise<unknown>;
  setRole: (said: { user_id: number; role: string }) => Promise<unknown>;
  remove: (user_id: number) => Promise<unknown>;
}

const ThisParty = createContext<Party | null>(null);
export const PartyProvider = ThisParty;

export function useParty(): Party {
  const party = useContext(ThisParty);
  if (party === null) throw new Error("useParty outside of a party's page");
  return party;
}

/** How a list of the party's goes on. */
export const BY_PAGES = {
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page: Paged<unknown>) => page.next_cursor ?? undefined,
} as const;

/** What a call answers; a refusal was thrown before. */
export async function dataOf<Data>(call: Promise<{ data?: Data }>): Promise<NonNullable<Data>> {
  return (await call).data as NonNullable<Data>;
}
