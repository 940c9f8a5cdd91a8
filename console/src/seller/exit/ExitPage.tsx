import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { Failure } from "../../pieces/Failure";
import { Page } from "../../pieces/Page";
import { Waiting } from "../../pieces/Waiting";
import { useShop } from "../shops";
import { Begin } from "./Begin";
import { Ended } from "./Ended";
import { Wizard } from "./Wizard";

const EVERY = 5_000;
const OVER: ReadonlySet<Schemas["ExitListed"]["state"]> = new Set(["done", "withdrawn"]);

/** 退出向导: the exit that runs, else what leaving would mean, and what became of earlier ones. */
export function Component() {
  const { t } = useTranslation();
  const shop = useShop();
  const shops = { params: { path: { shop_id: shop.id } } };
  const exits = api.useQuery("get", "/v1/shops/{shop_id}/exits", shops, { refetchInterval: EVERY });
  const enrolment = api.useQuery("get", "/v1/shops/{shop_id}/enrolment", shops, { refetchInterval: EVERY });
  const error = exits.error ?? enrolment.error;
  const inside = () => {
    if (error) return <Failure error={error} retry={() => void exits.refetch()} />;
    if (!exits.data || !enrolment.data) return <Waiting />;
    const running = exits.data.items.find(({ state }) => !OVER.has(state));
    if (running) return <Wizard exit_id={running.id} />;
    return (
      <>
        {enrolment.data.state === "on" && <Begin />}
        {exits.data.items.map((each) => <Ended key={each.id} exit_id={each.id} />)}
      </>
    );
  };
  return <Page title={t("menu.leaving")} hint={shop.name}>{inside()}</Page>;
}
