/** Business time, which deadlines run by. It is the wall's own unless this Andon runs on a scaled or manual clock. */
import { Tag } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../api/client";
import { useForms } from "../texts/use";

export function useBusinessNow(every = 1_000): Date {
  const clock = api.useQuery("get", "/v1/clock", {}, {
    staleTime: 10_000,
    // A real clock runs as the page's own does.
    refetchInterval: ({ state }) => (state.data?.kind === "real" ? false : 15_000),
  });
  const [wall, setWall] = useState(Date.now);
  useEffect(() => {
    const ticking = setInterval(() => setWall(Date.now()), every);
    return () => clearInterval(ticking);
  }, [every]);
  if (!clock.data) return new Date(wall);
  const since = clock.data.kind === "manual" ? 0 : Math.max(0, wall - clock.dataUpdatedAt);
  return new Date(Date.parse(clock.data.now) + since * clock.data.rate);
}

export function BusinessTime() {
  const { t } = useTranslation();
  const clock = api.useQuery("get", "/v1/clock", {}, { staleTime: 10_000 });
  const now = useBusinessNow();
  const forms = useForms("Asia/Shanghai");
  if (!clock.data || clock.data.kind === "real") return null;
  return <Tag>{t("shell.business_time", { at: forms.instant(now.toISOString()) })}</Tag>;
}
