import { Badge, Card, Descriptions, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { api, type Schemas } from "../../api/client";
import { CursorTable } from "../../pieces/CursorTable";
import { Due } from "../../pieces/Due";
import { Failure } from "../../pieces/Failure";
import { Page } from "../../pieces/Page";
import { BY_CURSOR } from "../../pieces/paged";
import { Waiting } from "../../pieces/Waiting";
import { useWords } from "../../texts/use";
import { useShopNames } from "../shop_names";
import { useDeskForms } from "../zone";
import { Decisions } from "./Decisions";
import { Documents } from "./Documents";
import { Scorecard } from "./Scorecard";
import { STANDING } from "./SuppliersPage";

/** A supplier's case: what it shows, what its figures say, what was decided, and what can be decided now. Source: QUAL-1. */
export function Component() {
  const { t } = useTranslation();
  const supplier_id = Number(useParams()["supplier"]);
  const supplier = api.useQuery("get", "/v1/suppliers/{supplier_id}", { params: { path: { supplier_id } } }, { refetchInterval: 30_000 });
  const card = api.useQuery("get", "/v1/suppliers/{supplier_id}/scorecard", { params: { path: { supplier_id } } }, { staleTime: 60_000 });
  if (supplier.isPending) return <Waiting />;
  if (supplier.error) return <Failure error={supplier.error} retry={() => void supplier.refetch()} />;
  return (
    <Page title={supplier.data.name} actions={<Decisions supplier={supplier.data} />}>
      <Card size="small"><Facts supplier={supplier.data} /></Card>
      <Card size="small" title={t("desk.scorecard")}>
        {card.error ? <Failure error={card.error} retry={() => void card.refetch()} /> : card.data ? <Scorecard card={card.data} /> : <Waiting />}
      </Card>
      <Card size="small" title={t("desk.documents")}><Documents supplier_id={supplier_id} /></Card>
      <Card size="small" title={t("desk.open_work")}><OpenWork supplier_id={supplier_id} /></Card>
      <Card size="small" title={t("desk.history")}><History supplier_id={supplier_id} /></Card>
    </Page>
  );
}

function Facts({ supplier }: { supplier: Schemas["SupplierFileOut"] }) {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useDeskForms();
  const waits = supplier.state === "applied" || supplier.state === "under_review";
  return (
    <Descriptions
      size="small"
      column={{ xs: 1, sm: 2, lg: 3 }}
      items={[
        { label: t("orders.state"), children: <><Badge status={STANDING[supplier.state]} text={word("supplier", supplier.state)} />{supplier.review_late && <Tag color="error" style={{ marginInlineStart: 8 }}>{t("desk.late")}</Tag>}</> },
        { label: t("desk.kind"), children: word("supplier_kind", supplier.kind) },
        { label: t("desk.address"), children: supplier.place ?? "–" },
        { label: t("desk.applied"), children: forms.instant(supplier.applied_at) },
        waits ? { label: t("desk.review_due"), children: <Due at={supplier.review_due_at} forms={forms} /> } : { label: t("desk.decided"), children: forms.instant(supplier.decided_at) },
        { label: t("exit.note"), children: supplier.note || "–" },
      ]}
    />
  );
}

function OpenWork({ supplier_id }: { supplier_id: number }) {
  const { t } = useTranslation();
  const forms = useDeskForms();
  const shopName = useShopNames();
  const open = api.useInfiniteQuery("get", "/v1/suppliers/{supplier_id}/open_fulfilments", { params: { path: { supplier_id }, query: {} } }, BY_CURSOR);
  return (
    <CursorTable
      query={open}
      rowKey={({ shop_id }) => shop_id}
      empty={t("desk.no_open_work")}
      width={560}
      columns={[
        { title: t("home.shop"), render: (_, row) => shopName(row.shop_id) },
        { title: t("desk.unanswered"), dataIndex: "unanswered", align: "end" },
        { title: t("desk.accepted"), dataIndex: "accepted", align: "end" },
        { title: t("desk.labelled"), dataIndex: "labelled", align: "end" },
        { title: t("desk.shipped"), dataIndex: "shipped", align: "end" },
        { title: t("desk.oldest"), render: (_, row) => forms.instant(row.oldest_at) },
      ]}
    />
  );
}

function History({ supplier_id }: { supplier_id: number }) {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useDeskForms();
  const decisions = api.useInfiniteQuery("get", "/v1/suppliers/{supplier_id}/decisions", { params: { path: { supplier_id }, query: {} } }, BY_CURSOR);
  return (
    <CursorTable
      query={decisions}
      rowKey={({ id }) => id}
      empty={t("desk.no_history")}
      width={620}
      columns={[
        { title: t("desk.decision"), render: (_, row) => word("decision", row.decision) },
        { title: t("desk.at"), render: (_, row) => forms.instant(row.decided_at) },
        { title: t("desk.by"), dataIndex: "decided_by" },
        { title: t("desk.score"), render: (_, row) => (row.scorecard["score"] == null ? "–" : String(row.scorecard["score"])) },
        { title: t("exit.note"), dataIndex: "note" },
      ]}
    />
  );
}
