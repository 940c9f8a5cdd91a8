import { Badge, Card, Flex, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, type Schemas } from "../../api/client";
import { CursorTable } from "../../pieces/CursorTable";
import { Due } from "../../pieces/Due";
import { Page } from "../../pieces/Page";
import { BY_CURSOR } from "../../pieces/paged";
import { TabRow } from "../../pieces/TabRow";
import { useWords } from "../../texts/use";
import { useAddress } from "../address";
import { useDeskForms } from "../zone";

type State = Schemas["SupplierOut"]["state"];
const STATES = ["applied", "under_review", "qualified", "suspended", "declined", "retired"] as const;
export const STANDING: Record<State, "processing" | "success" | "error" | "default" | "warning"> = {
  applied: "processing",
  under_review: "warning",
  qualified: "success",
  suspended: "error",
  declined: "default",
  retired: "default",
};

/** Suppliers and where each stands; what waits for a review stands first, by its deadline. Source: QUAL-1. */
export function Component() {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useDeskForms();
  const [said, say] = useAddress();
  const state = STATES.find((each) => each === said("state"));
  const query = state ? { state } : {};
  const suppliers = api.useInfiniteQuery("get", "/v1/suppliers", { params: { query } }, { ...BY_CURSOR, refetchInterval: 30_000 });
  const tabs = [{ key: "", label: t("desk.all") }, ...STATES.map((key) => ({ key, label: word("supplier", key) }))];
  return (
    <Page title={t("menu.desk_suppliers")}>
      <Card size="small">
        <TabRow active={state ?? ""} items={tabs} onChange={(key) => say({ state: key })} />
        <CursorTable
          query={suppliers}
          rowKey={({ id }) => id}
          empty={t("desk.no_suppliers")}
          width={720}
          columns={[
            { title: t("desk.name"), render: (_, row) => <Link to={`/desk/suppliers/${row.id}`}>{row.name}</Link> },
            { title: t("desk.kind"), render: (_, row) => word("supplier_kind", row.kind) },
            { title: t("orders.state"), render: (_, row) => <Flex gap={4} wrap><Badge status={STANDING[row.state]} text={word("supplier", row.state)} />{row.review_late && <Tag color="error">{t("desk.late")}</Tag>}</Flex> },
            { title: t("desk.review_due"), render: (_, row) => (row.state === "applied" || row.state === "under_review" ? <Due at={row.review_due_at} forms={forms} /> : "–") },
            { title: t("desk.applied"), render: (_, row) => forms.instant(row.applied_at) },
            { title: t("desk.decided"), render: (_, row) => forms.instant(row.decided_at) },
          ]}
        />
      </Card>
    </Page>
  );
}
