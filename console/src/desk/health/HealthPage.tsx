import { Badge, Card, Descriptions, Flex, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { isRefusal } from "../../api/refusal";
import { CursorTable } from "../../pieces/CursorTable";
import { Failure } from "../../pieces/Failure";
import { Page } from "../../pieces/Page";
import { BY_CURSOR } from "../../pieces/paged";
import { useDeskForms } from "../zone";
import { Line } from "./Line";
import { Outbox } from "./Outbox";

const CHECKS = ["database", "schema", "clock"] as const;

/** Whether the system is well: its own checks now, how far the line is behind, letters that are not sent, and what each night's audit found. */
export function Component() {
  const { t } = useTranslation();
  return (
    <Page title={t("menu.desk_health")}>
      <Card size="small" title={t("desk.now")}><Now /></Card>
      <Line />
      <Card size="small" title={t("desk.audits")}><Audits /></Card>
      <Card size="small" title={t("desk.outbox")}><Outbox /></Card>
    </Page>
  );
}

function Now() {
  const { t } = useTranslation();
  const forms = useDeskForms();
  const ready = api.useQuery("get", "/v1/readyz", {}, { refetchInterval: 10_000, retry: false });
  const clock = api.useQuery("get", "/v1/clock", {}, { refetchInterval: 15_000 });
  const refused = isRefusal(ready.error, 503) ? ready.error : null;
  if (ready.error && !refused) return <Failure error={ready.error} retry={() => void ready.refetch()} />;
  const checks = (refused ? refused.facts["checks"] : ready.data?.checks) as Record<string, string> | undefined;
  const state = (well: boolean | undefined) => <Badge status={well === undefined ? "default" : well ? "success" : "error"} text={well === undefined ? "…" : t(well ? "desk.is_ok" : "desk.not_well")} />;
  return (
    <Descriptions
      size="small"
      column={{ xs: 1, sm: 2, lg: 5 }}
      items={[
        { label: t("desk.ready"), children: state(refused ? false : ready.data && ready.data.status === "ok") },
        ...CHECKS.map((name) => ({ label: t(`desk.check_${name}`), children: state(checks && checks[name] === "ok") })),
        { label: t("desk.at"), children: forms.instant(clock.data?.now) },
      ]}
    />
  );
}

function Audits() {
  const { t } = useTranslation();
  const forms = useDeskForms();
  const audits = api.useInfiniteQuery("get", "/v1/audits", { params: { query: {} } }, BY_CURSOR);
  return (
    <CursorTable
      query={audits}
      rowKey={({ at }) => at}
      empty={t("desk.no_audits")}
      width={560}
      columns={[
        { title: t("exit.at"), render: (_, row) => forms.instant(row.at) },
        { title: t("desk.outcome"), render: (_, row) => <Outcome audit={row} /> },
        { title: t("desk.checks"), dataIndex: "checks", align: "end" },
        { title: t("desk.took"), align: "end", render: (_, row) => `${forms.number(row.took_ms)} ms` },
      ]}
    />
  );
}

function Outcome({ audit }: { audit: Schemas["AuditOut"] }) {
  const { t } = useTranslation();
  return (
    <Flex vertical gap={4} align="start">
      <Badge status={audit.ok ? "success" : "error"} text={audit.ok ? t("desk.ok") : t("desk.broken", { count: audit.findings.length })} />
      {audit.findings.map((each) => <Tag key={String(each["check"])}>{String(each["check"])}</Tag>)}
    </Flex>
  );
}
