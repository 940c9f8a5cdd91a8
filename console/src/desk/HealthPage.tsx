import { Badge, Card, Descriptions } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "../api/client";
import { CursorTable } from "../pieces/CursorTable";
import { Failure } from "../pieces/Failure";
import { Page } from "../pieces/Page";
import { BY_CURSOR } from "../pieces/paged";
import { useForms } from "../texts/use";

/** Whether the system is well: its own checks now, and what each night's audit found. */
export function Component() {
  const { t } = useTranslation();
  const forms = useForms("Asia/Shanghai");
  const ready = api.useQuery("get", "/v1/readyz", {}, { refetchInterval: 10_000, retry: false });
  const audits = api.useInfiniteQuery("get", "/v1/audits", { params: { query: {} } }, BY_CURSOR);
  const checks = Object.entries(ready.data?.checks ?? {});
  return (
    <Page title={t("menu.desk_health")}>
      <Card size="small" title={t("desk.now")}>
        {ready.error ? (
          <Failure error={ready.error} retry={() => void ready.refetch()} />
        ) : (
          <Descriptions
            size="small"
            column={{ xs: 1, sm: 2, lg: 4 }}
            items={[
              { label: t("desk.ready"), children: ready.data?.status ?? "…" },
              ...checks.map(([label, found]) => ({ label, children: String(found) })),
            ]}
          />
        )}
      </Card>
      <Card size="small" title={t("desk.audits")}>
        <CursorTable
          query={audits}
          rowKey={({ at }) => at}
          empty={t("desk.no_audits")}
          width={560}
          columns={[
            { title: t("exit.at"), render: (_, row) => forms.instant(row.at) },
            { title: t("desk.outcome"), render: (_, row) => <Badge status={row.ok ? "success" : "error"} text={t(row.ok ? "desk.ok" : "desk.broken", { count: row.findings.length })} /> },
            { title: t("desk.checks"), dataIndex: "checks", align: "end" },
            { title: t("desk.took"), align: "end", render: (_, row) => `${row.took_ms} ms` },
          ]}
        />
      </Card>
    </Page>
  );
}
