import { Card } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "../api/client";
import { CursorTable } from "../pieces/CursorTable";
import { Page } from "../pieces/Page";
import { BY_CURSOR } from "../pieces/paged";
import { useForms, useWords } from "../texts/use";
import { useShopNames } from "./shop_names";

/** Exits in progress, and what blocks each. */
export function Component() {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useForms("Asia/Shanghai");
  const shopName = useShopNames();
  const exits = api.useInfiniteQuery("get", "/v1/exits", { params: { query: {} } }, { ...BY_CURSOR, refetchInterval: 10_000 });
  return (
    <Page title={t("menu.desk_exits")} hint={t("desk.exits_hint")}>
      <Card size="small">
        <CursorTable
          query={exits}
          rowKey={({ id }) => id}
          empty={t("desk.no_exits")}
          width={760}
          columns={[
          { title: t("home.shop"), render: (_, row) => shopName(row.shop_id) },
          { title: t("desk.exit"), render: (_, row) => t("exit.number", { id: row.id }) },
          { title: t("orders.state"), render: (_, row) => `${word("exit", row.state)}${row.forced ? ` · ${t("desk.forced")}` : ""}` },
          {
            title: t("exit.blockers"),
            render: (_, row) => Object.entries(row.blocker_counts).map(([code, count]) => <div key={code}>{word("blocker", code)} {count}</div>),
          },
          { title: t("exit.started"), render: (_, row) => forms.instant(row.started_at) },
          { title: t("exit.off_at"), render: (_, row) => forms.instant(row.off_at) },
          { title: t("exit.ticket"), render: (_, row) => row.ticket ?? "–" },
          ]}
        />
      </Card>
    </Page>
  );
}
