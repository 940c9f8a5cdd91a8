/** Who sits at the page: `GET /v1/me`, and what they may. */
import { createContext, useContext, useEffect } from "react";
import { Navigate, useLocation } from "react-router";
import { api, carryToken, type Schemas } from "../api/client";
import { isRefusal } from "../api/refusal";
import { Failure } from "../pieces/Failure";
import { Waiting } from "../pieces/Waiting";
import { hasChosenLanguage, speak } from "../texts";

export type Me = Schemas["MeOut"];
export type Place = Me["places"][number];

export function useSignedIn() {
  const me = api.useQuery("get", "/v1/me", {}, { staleTime: 60_000 });
  const token = me.data?.csrf_token;
  const locale = me.data?.locale;
  useEffect(() => {
    if (token) carryToken(token);
  }, [token]);
  useEffect(() => {
    if ((locale === "zh-CN" || locale === "en") && !hasChosenLanguage()) void speak(locale);
  }, [locale]);
  return me;
}

const WhoIsHere = createContext<Me | null>(null);

/** Shows its children to somebody who is signed in; others are sent to sign in, and come back here. */
export function Session({ children }: { children: React.ReactNode }) {
  const me = useSignedIn();
  const here = useLocation();
  if (me.isPending) return <Waiting />;
  if (isRefusal(me.error, 401)) return <Navigate to="/sign-in" state={{ from: here.pathname + here.search }} replace />;
  if (me.error) return <Failure error={me.error} retry={() => void me.refetch()} />;
  return <WhoIsHere value={me.data}>{children}</WhoIsHere>;
}

export function useMe(): Me {
  const me = useContext(WhoIsHere);
  if (me === null) throw new Error("useMe outside of Session");
  return me;
}

export const homeOf = (place: Place | undefined): string => {
  if (place?.party === "supplier") return `/supplier/${place.party_id}`;
  return place?.party === "operator" ? "/desk" : "/seller";
};
