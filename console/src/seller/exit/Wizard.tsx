import { useQueryClient } from "@tanstack/react-query";
import { PrinterOutlined } from "@ant-design/icons";
import { Alert, App, Button, Card, Flex, Grid, Steps } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { api, type Schemas } from "../../api/client";
import { Failure } from "../../pieces/Failure";
import { usePrinting } from "../../pieces/printing";
import { TabRow } from "../../pieces/TabRow";
import { useSay } from "../../pieces/say";
import { Waiting } from "../../pieces/Waiting";
import { MoveOfExit } from "../move/OfExit";
import { useMoveOfExit } from "../move/useMoves";
import { useMay, useShop, useShopForms } from "../shops";
import { AppealByTicket } from "./AppealByTicket";
import { Blockers } from "./Blockers";
import { ExitStory } from "./ExitStory";
import { Force } from "./Force";
import { ForecastCard } from "./ForecastCard";
import { Switch } from "./Switch";
import { Verification } from "./Verification";

export type Exit = Schemas["ExitOut"];
const EVERY = 3_000;
const STEPS = ["clear", "unbind", "switch", "verify"] as const;

/** The four steps of an exit that runs, live: what blocks it, and what may be done now. */
export function Wizard({ exit_id }: { exit_id: number }) {
  const { t } = useTranslation();
  const shop = useShop();
  const [search, setSearch] = useSearchParams();
  const printing = usePrinting();
  const exit = api.useQuery(
    "get",
    "/v1/shops/{shop_id}/exits/{exit_id}",
    { params: { path: { shop_id: shop.id, exit_id } } },
    { refetchInterval: EVERY },
  );
  if (exit.error) return <Failure error={exit.error} retry={() => void exit.refetch()} />;
  if (!exit.data) return <Waiting />;
  const it = exit.data;
  const tabs = [
    { key: "now", label: t("exit.now") },
    { key: "forecast", label: t("exit.forecast") },
    { key: "story", label: t("orders.story") },
  ];
  const tab = search.get("tab") ?? "now";
  return (
    <Flex vertical gap="middle">
      <Card><TheSteps exit={it} /></Card>
      {!printing && (
        <Flex gap="small" align="center" justify="space-between">
          <TabRow active={tab} onChange={(chosen) => setSearch({ tab: chosen }, { replace: true })} items={tabs} />
          <Button icon={<PrinterOutlined aria-hidden />} onClick={() => window.print()}>{t("list.print")}</Button>
        </Flex>
      )}
      {tab === "forecast" && <ForecastCard forecast={it.forecast} unsold={it.unsold} />}
      {tab === "story" && <ExitStory exit_id={it.id} />}
      {tab === "now" && <Now exit={it} />}
    </Flex>
  );
}

function Now({ exit }: { exit: Exit }) {
  const printing = usePrinting();
  return (
    <Flex vertical gap="middle">
      {exit.state === "verifying" ? <Verification exit={exit} /> : <Switch exit={exit} />}
      <MoveOfExit exit_id={exit.id} />
      <Blockers blockers={exit.blockers} counts={exit.blocker_counts} acting={!printing} />
      {printing && <ForecastCard forecast={exit.forecast} unsold={exit.unsold} />}
      {exit.ticket && <AppealByTicket exit_id={exit.id} ticket={exit.ticket} />}
      {(!printing || exit.forced) && <Force exit={exit} />}
      {!printing && <Withdraw exit={exit} />}
    </Flex>
  );
}

function TheSteps({ exit }: { exit: Exit }) {
  const { t } = useTranslation();
  const shop = useShop();
  const forms = useShopForms();
  const move = useMoveOfExit(exit.id);
  const wide = Grid.useBreakpoint().md ?? true;
  const current = (exit.step ?? 1) - 1;
  const count = (...codes: string[]) => codes.reduce((sum, code) => sum + (exit.blocker_counts[code] ?? 0), 0);
  const left = {
    clear: count("open_order"),
    unbind: count("live_grant", "unsigned_letter"),
    switch: count("unsettled_fee", "fee_without_delivery_evidence"),
    verify: 0,
  };
  const moving = move?.state === "running" && (
    <div><Link to={`/seller/${shop.id}/plan?tab=move&move=${move.id}`}>{t("move.until_then", { at: forms.instant(move.until) })}</Link></div>
  );
  // What a forced exit has gone past is not ticked off before it has cleared.
  const items = STEPS.map((step, place) => ({
    ...(left[step] > 0 && place < current ? { status: "wait" as const } : {}),
    title: t(`exit.step_${step}`),
    content: (
      <>
        {left[step] > 0 && step !== "verify" ? t(`exit.left_${step}`, { count: left[step] }) : t(`exit.hint_${step}`)}
        {step === "clear" && moving}
      </>
    ),
  }));
  return <Steps current={current} items={items} orientation={wide ? "horizontal" : "vertical"} status={exit.state === "done" ? "finish" : "process"} />;
}

function Withdraw({ exit }: { exit: Exit }) {
  const { t } = useTranslation();
  const shop = useShop();
  const may = useMay();
  const say = useSay();
  const { modal } = App.useApp();
  const queries = useQueryClient();
  const withdraw = api.useMutation("post", "/v1/shops/{shop_id}/exits/{exit_id}/withdraw", {
    onError: say.failed,
    onSuccess: () => queries.invalidateQueries(),
  });
  if (exit.state === "verifying" || !may("exits.write")) return null;
  const ask = async () => {
    const sure = await modal.confirm({ title: t("exit.withdraw_sure"), content: t("exit.withdraw_means"), okText: t("exit.withdraw") });
    if (sure) withdraw.mutate({ params: { path: { shop_id: shop.id, exit_id: exit.id } } });
  };
  const gentler = exit.offers.includes("product_exit");
  return (
    <Flex vertical gap="small" align="start">
      {gentler && <Alert type="info" showIcon title={t("exit.offer_product")} />}
      <Button onClick={() => void ask()} loading={withdraw.isPending}>{t("exit.withdraw")}</Button>
    </Flex>
  );
}
