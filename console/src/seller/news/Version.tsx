import { Card, Empty, Flex, Tag, Typography } from "antd";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { useBusinessNow } from "../../pieces/BusinessTime";
import { useMe } from "../../shell/session";
import { ofBoth } from "../../texts/use";
import { useMay, useShopForms } from "../shops";
import { Changes } from "./Changes";
import { Fees } from "./Fees";
import { MarkRead } from "./MarkRead";

export type News = Schemas["PolicyNewsOut"];

/** One version: from when it holds, what of it touches the shop, what that does to its fees, and who has read it. */
export function Version({ news }: { news: News }) {
  const { t } = useTranslation();
  const forms = useShopForms();
  const ahead = Date.parse(news.in_force_from) > useBusinessNow(60_000).getTime();
  const title = (
    <Flex gap="small" wrap align="center" style={{ whiteSpace: "normal", paddingBlock: 6 }}>
      <h2 style={{ fontSize: 16, margin: 0 }}>{news.version}</h2>
      <span style={{ fontWeight: "normal" }}>{t("news.in_force", { at: forms.instant(news.in_force_from) })}</span>
      <Tag color={ahead ? "orange" : "green"} style={{ color: "rgba(0,0,0,0.88)" }}>{t(ahead ? "news.ahead" : "news.holds")}</Tag>
    </Flex>
  );
  return (
    <Card size="small" title={title}>
      <Flex vertical gap="middle">
        <div>
          <Typography.Text>{ofBoth(news.note)}</Typography.Text>
          {news.rulebook && <div><small className="secondary">{t("news.rulebook", { name: news.rulebook })}</small></div>}
        </div>
        {news.changes.length > 0 ? <Changes news={news} /> : <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("news.nothing")} />}
        {news.fees && <Fees fees={news.fees} news={news} />}
        {news.others > 0 && <small className="secondary">{t("news.others", { count: news.others })}</small>}
        <Reading news={news} />
      </Flex>
    </Card>
  );
}

/** Whether whoever looks has said that they read it; each person of the shop says so for themselves. */
function Reading({ news }: { news: News }) {
  const { t } = useTranslation();
  const forms = useShopForms();
  const me = useMe();
  const may = useMay()("notices.write");
  const mine = news.readers.find(({ user_id }) => user_id === me.user_id);
  const others = news.readers.length - (mine ? 1 : 0);
  return (
    <Flex gap="middle" wrap align="center">
      {mine && <span role="status">{t("news.read_at", { at: forms.instant(mine.at) })}</span>}
      {!mine && may && news.changes.length > 0 && <MarkRead version={news.version} />}
      {others > 0 && <small className="secondary">{t("news.others_read", { count: others })}</small>}
      {news.announced_at && <small className="secondary">{t("news.announced", { at: forms.instant(news.announced_at) })}</small>}
    </Flex>
  );
}
