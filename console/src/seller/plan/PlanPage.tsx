import { Alert, Button, Card, Flex } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { Failure } from "../../pieces/Failure";
import { useWord } from "../../pieces/address";
import { Page } from "../../pieces/Page";
import { usePolicyInForce, type Policy } from "../../pieces/policy";
import { TabRow } from "../../pieces/TabRow";
import { useTold } from "../../pieces/told";
import { Waiting } from "../../pieces/Waiting";
import { useMay, useShop } from "../shops";
import { Moves } from "../move/Moves";
import { Coverage } from "./Coverage";
import { Lines, type Line } from "./Lines";
import { StockPlan } from "./StockPlan";
import { WhatIf } from "./WhatIf";

/** 物流方案: the lines that the shop ships by, what to have in one's own warehouse, moving off JIT, and how other ways would have fared. */
export function Component() {
  const { t } = useTranslation();
  const may = useMay();
  const [chosen, choose] = useWord("tab");
  const tabs = [
    { key: "lines", label: t("plan.lines_tab") },
    ...(may("stock.read") ? [{ key: "stock", label: t("plan.stock") }] : []),
    ...(may("exits.read") ? [{ key: "move", label: t("move.title") }] : []),
    { key: "what_if", label: t("plan.what_if") },
  ];
  const tab = tabs.find(({ key }) => key === chosen)?.key ?? "lines";
  return (
    <Page title={t("menu.plan")} hint={tab === "lines" ? t("plan.hint") : undefined}>
      <TabRow active={tab} items={tabs} onChange={choose} />
      {tab === "lines" && <PlanOfLines />}
      {tab === "stock" && <StockPlan />}
      {tab === "move" && <Moves />}
      {tab === "what_if" && <WhatIf />}
    </Page>
  );
}

/** The lines in the order of their precedence, and where each goes. */
function PlanOfLines() {
  const shop = useShop();
  const policy = usePolicyInForce();
  const plan = api.useQuery("get", "/v1/shops/{shop_id}/plan", { params: { path: { shop_id: shop.id } } });
  if (plan.error) return <Failure error={plan.error} retry={() => void plan.refetch()} />;
  if (!plan.data || !policy) return <Waiting />;
  return <Plan key={plan.data.lines.join()} kept={plan.data.lines} policy={policy} />;
}

function Plan({ kept, policy }: { kept: readonly string[]; policy: Policy }) {
  const { t } = useTranslation();
  const shop = useShop();
  const may = useMay()("plan.write");
  const [codes, setCodes] = useState(kept);
  const enrolment = api.useQuery("get", "/v1/shops/{shop_id}/enrolment", { params: { path: { shop_id: shop.id } } });
  const save = api.useMutation("put", "/v1/shops/{shop_id}/plan", useTold(t("plan.saved")));
  const jitOffered = enrolment.data?.state === "on";
  const chosen = codes.flatMap((code) => policy.lines.find((line) => line.code === code) ?? []);
  const others = policy.lines.filter(({ code }) => !codes.includes(code));
  const swap = (at: number, to: number) => {
    const after = codes.toSpliced(at, 1);
    const moved = codes[at];
    if (moved !== undefined) setCodes(after.toSpliced(to, 0, moved));
  };
  const acts = (line: Line, at: number) => [
    { name: t("plan.up", { line: line.name }), icon: "up" as const, disabled: at === 0, act: () => swap(at, at - 1) },
    { name: t("plan.down", { line: line.name }), icon: "down" as const, disabled: at === codes.length - 1, act: () => swap(at, at + 1) },
    { name: t("plan.remove", { line: line.name }), icon: "remove" as const, disabled: false, act: () => setCodes(codes.filter((code) => code !== line.code)) },
  ];
  const adding = (line: Line) => [
    { name: t("plan.add", { line: line.name }), icon: "add" as const, disabled: line.kind === "jit" && !jitOffered, act: () => setCodes([...codes, line.code]) },
  ];
  const changed = codes.join() !== kept.join();
  return (
    <Flex vertical gap="middle">
      {changed && (
        <Alert
          type="info"
          showIcon
          title={t("plan.unsaved")}
          action={
            <Flex gap="small" wrap>
              <Button size="small" onClick={() => setCodes(kept)}>{t("plan.undo")}</Button>
              <Button size="small" type="primary" loading={save.isPending} onClick={() => save.mutate({ params: { path: { shop_id: shop.id } }, body: { lines: [...codes] } })}>{t("plan.save")}</Button>
            </Flex>
          }
        />
      )}
      <Card size="small" title={t("plan.chosen")}><Lines lines={chosen} policy={policy} empty={t("plan.none")} acts={may ? acts : undefined} ordered /></Card>
      <Card size="small" title={t("plan.others")}>
        {!jitOffered && enrolment.data && <Alert type="info" showIcon title={t("plan.jit_off")} style={{ marginBottom: 12 }} />}
        <Lines lines={others} policy={policy} empty={t("plan.no_others")} acts={may ? adding : undefined} />
      </Card>
      <Card size="small" title={t("plan.coverage")} extra={t("plan.policy", { version: policy.version })}><Coverage lines={chosen} policy={policy} /></Card>
    </Flex>
  );
}
