import { Button, Card } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../api/client";
import { CursorTable } from "../pieces/CursorTable";
import { Due } from "../pieces/Due";
import { Page } from "../pieces/Page";
import { BY_CURSOR } from "../pieces/paged";
import { useTold } from "../pieces/told";
import { useWords } from "../texts/use";
import { Decide } from "./Decide";
import { useMay } from "./may";
import { useShopNames } from "./shop_names";
import { useDeskForms } from "./zone";

type Appeal = Schemas["AppealOut"];
const VERDICTS = ["upheld", "rejected"] as const;

/** Appeals against exits, with their clock. */
export function Component() {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useDeskForms();
  const shopName = useShopNames();
  const may = useMay();
  const [deciding, setDeciding] = useState<Appeal | null>(null);
  const appeals = api.useInfiniteQuery("get", "/v1/appeals", { params: { query: {} } }, { ...BY_CURSOR, refetchInterval: 15_000 });
  return (
    <Page title={t("menu.desk_appeals")}>
      <Card size="small">
        <CursorTable
          query={appeals}
          rowKey={({ id }) => id}
          empty={t("desk.no_appeals")}
          width={760}
          columns={[
            { title: t("home.shop"), render: (_, row) => <>{shopName(row.shop_id)}<br />{t("exit.number", { id: row.exit_id })}</> },
            { title: t("desk.text"), dataIndex: "text" },
            { title: t("orders.state"), render: (_, row) => [word("appeal", row.state), row.verdict && word("verdict", row.verdict), row.escalated_at && t("desk.escalated")].filter(Boolean).join(" · ") },
            { title: t("home.due"), render: (_, row) => (row.state === "opened" ? <Due at={row.due_at} forms={forms} /> : "–") },
            {
              title: t("suppliers.acts"),
              render: (_, row) => may("appeals.write") && row.state === "opened" && <Button size="small" onClick={() => setDeciding(row)}>{t("desk.decide")}</Button>,
            },
          ]}
        />
      </Card>
      <Deciding appeal={deciding} close={() => setDeciding(null)} />
    </Page>
  );
}

function Deciding({ appeal, close }: { appeal: Appeal | null; close: () => void }) {
  const { t } = useTranslation();
  const word = useWords();
  const decide = api.useMutation("post", "/v1/appeals/{appeal_id}/decision", useTold(undefined, close));
  return (
    <Decide
      open={appeal !== null}
      title={t("desk.decide")}
      means={appeal?.text}
      choices={VERDICTS.map((value) => ({ value, label: word("verdict", value) }))}
      close={close}
      sending={decide.isPending}
      send={(note, decision) => appeal && decide.mutate({ params: { path: { appeal_id: appeal.id } }, body: { decision, note } })}
    />
  );
}
