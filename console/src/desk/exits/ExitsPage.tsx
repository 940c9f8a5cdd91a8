import { Badge, Button, Card, Flex, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { CursorTable } from "../../pieces/CursorTable";
import { Page } from "../../pieces/Page";
import { BY_CURSOR } from "../../pieces/paged";
import { useWords } from "../../texts/use";
import { useAddress } from "../address";
import { useShopNames } from "../shop_names";
import { useDeskForms } from "../zone";
import { ExitDrawer } from "./ExitDrawer";

/** Exits in progress, and what blocks each. */
export function Component() {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useDeskForms();
  const shopName = useShopNames();
  const [said, say] = useAddress();
  const exits = api.useInfiniteQuery("get", "/v1/exits", { params: { query: {} } }, { ...BY_CURSOR, refetchInterval: 10_000 });
  const [shop_id, exit_id] = (said("exit") ?? "").split("-").map(Number);
  return (
    <Page title={t("menu.desk_exits")} hint={t("desk.exits_hint")}>
      <Card size="small">
        <CursorTable
          query={exits}
          rowKey={({ id }) => id}
          empty={t("desk.no_exits")}
          width={860}
          columns={[
            {
              title: t("home.shop"),
              render: (_, row) => (
                <Button type="link" style={{ padding: 0, height: "auto", whiteSpace: "normal", textAlign: "start" }} onClick={() => say({ exit: `${row.shop_id}-${row.id}` })}>
                  {shopName(row.shop_id)} · {t("exit.number", { id: row.id })}
                </Button>
              ),
            },
            {
              title: t("orders.state"),
              render: (_, row) => (
                <Flex gap={4} wrap>
                  <Badge status="processing" text={word("exit", row.state)} />
                  {row.forced && <Tag color="error">{t("desk.forced")}</Tag>}
                </Flex>
              ),
            },
            {
              title: t("exit.blockers"),
              render: (_, row) => {
                const counts = Object.entries(row.blocker_counts) as [Schemas["BlockerOut"]["code"], number][];
                return counts.length === 0 ? t("desk.no_blockers") : counts.map(([code, count]) => <div key={code}>{word("blocker", code)} {count}</div>);
              },
            },
            { title: t("exit.started"), render: (_, row) => forms.instant(row.started_at) },
            { title: t("exit.off_at"), render: (_, row) => forms.instant(row.off_at) },
            { title: t("exit.ticket"), render: (_, row) => row.ticket ?? "–" },
          ]}
        />
      </Card>
      <ExitDrawer shop_id={shop_id} exit_id={exit_id} close={() => say({ exit: undefined })} />
    </Page>
  );
}
