import { Badge, Button, Card, Flex } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, type Schemas } from "../api/client";
import { CursorTable } from "../pieces/CursorTable";
import { Due } from "../pieces/Due";
import { Page } from "../pieces/Page";
import { BY_CURSOR } from "../pieces/paged";
import { TabRow } from "../pieces/TabRow";
import { useTold } from "../pieces/told";
import { useWords } from "../texts/use";
import { useAddress } from "./address";
import { Decide } from "./Decide";
import { useMay } from "./may";
import { useShopNames } from "./shop_names";
import { useSupplierNames } from "./supplier_names";
import { useDeskForms } from "./zone";

type Violation = Schemas["ViolationOut"];
type Decision = Schemas["StandingDecisionIn"]["decision"];
const STATES = ["appealed", "recorded", "confirmed", "withdrawn"] as const;
const CHOICES: Partial<Record<Violation["state"], readonly Decision[]>> = { appealed: ["upheld", "rejected"], recorded: ["withdrawn"], confirmed: ["withdrawn"] };

/** Violations, the appealed first, each with its clock. */
export function Component() {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useDeskForms();
  const shopName = useShopNames();
  const supplierName = useSupplierNames();
  const may = useMay();
  const [said, say] = useAddress();
  const [deciding, setDeciding] = useState<Violation | null>(null);
  const state = STATES.find((each) => each === said("state")) ?? "appealed";
  const violations = api.useInfiniteQuery("get", "/v1/violations", { params: { query: { state } } }, { ...BY_CURSOR, refetchInterval: 30_000 });
  return (
    <Page title={t("menu.desk_violations")} hint={t("desk.violations_hint")}>
      <Card size="small">
        <TabRow active={state} items={STATES.map((key) => ({ key, label: word("violation_state", key) }))} onChange={(key) => say({ state: key })} />
        <CursorTable
          query={violations}
          rowKey={({ id }) => id}
          empty={t("desk.no_violations")}
          width={820}
          columns={[
            {
              title: t("home.shop"),
              render: (_, row) => (
                <Flex vertical>
                  <span>{shopName(row.shop_id)}</span>
                  {row.order_id !== null && <Link to={`/desk/orders?order=${row.shop_id}-${row.order_id}`}>{t("home.order", { id: row.order_id })}</Link>}
                </Flex>
              ),
            },
            { title: t("desk.kind"), render: (_, row) => <Flex vertical><Badge status="warning" text={word("violation", row.kind)} /><small className="secondary">{word("violation_cause", row.cause)}</small></Flex> },
            { title: t("desk.fault"), render: (_, row) => (row.fault === "supplier" ? supplierName(row.supplier_id) : t("desk.shop")) },
            { title: t("desk.at"), render: (_, row) => forms.instant(row.at) },
            { title: t(state === "recorded" ? "exit.note" : "desk.plea"), render: (_, row) => row.plea ?? row.note ?? "–" },
            state === "appealed"
              ? { title: t("home.due"), render: (_, row) => <Due at={row.due_at} forms={forms} /> }
              : { title: t("desk.decided"), render: (_, row) => <Flex vertical><span>{forms.instant(row.decided_at)}</span>{row.answer && <small>{row.answer}</small>}</Flex> },
            {
              title: t("suppliers.acts"),
              render: (_, row) => may("violations.write") && CHOICES[row.state] && <Button size="small" onClick={() => setDeciding(row)}>{t("desk.decide")}</Button>,
            },
          ]}
        />
      </Card>
      <Deciding violation={deciding} close={() => setDeciding(null)} />
    </Page>
  );
}

function Deciding({ violation, close }: { violation: Violation | null; close: () => void }) {
  const { t } = useTranslation();
  const word = useWords();
  const decide = api.useMutation("post", "/v1/shops/{shop_id}/violations/{violation_id}/decision", useTold(undefined, close));
  const choices = (violation && CHOICES[violation.state]) ?? [];
  return (
    <Decide
      open={violation !== null}
      title={t("desk.decide")}
      means={violation?.plea}
      choices={choices.map((value) => ({ value, label: word("violation_decision", value) }))}
      close={close}
      sending={decide.isPending}
      send={(note, decision) => violation && decide.mutate({ params: { path: { shop_id: violation.shop_id, violation_id: violation.id } }, body: { decision, note } })}
    />
  );
}
