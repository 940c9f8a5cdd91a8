import { Badge, Flex, Modal, Button, Progress, Statistic, Switch, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { CursorTable } from "../../pieces/CursorTable";
import { BY_CURSOR } from "../../pieces/paged";
import { Rows } from "../../pieces/Rows";
import { ofBoth, useWords } from "../../texts/use";
import { useShopNames } from "../shop_names";
import { useDeskForms } from "../zone";

type Card = Schemas["ScorecardOut"];
type Figure = Card["figures"][number];
const percent = (share: string | null) => (share === null ? "–" : `${(Number(share) * 100).toFixed(1)}%`);

/** The figures of a supplier's last 90 days, and what is behind each. The score is advice. Source: QUAL-2. */
export function Scorecard({ card }: { card: Card }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState<Figure | null>(null);
  return (
    <Flex vertical gap="middle">
      <Flex gap="large" align="center" wrap>
        <Statistic title={t("desk.score")} value={card.score === null ? "–" : percent(card.score)} />
        <Statistic title={t("desk.pass_mark")} value={percent(card.pass_mark)} />
        {card.passes === null ? <Tag>{t("desk.unmeasured")}</Tag> : <Badge status={card.passes ? "success" : "error"} text={t(card.passes ? "desk.passes" : "desk.fails")} />}
        <span className="secondary">{t("desk.advice")}</span>
      </Flex>
      <Rows<Figure, string>
        rows={card.figures}
        rowKey={({ name }) => name}
        empty={t("desk.none")}
        width={640}
        columns={[
          { title: t("desk.figure"), render: (_, row) => ofBoth(row.title) },
          {
            title: t("desk.share"),
            render: (_, row) =>
              row.share === null ? (
                <span className="secondary">{t("desk.unmeasured")}</span>
              ) : (
                <Flex vertical>
                  <span>{percent(row.share)} <span className="secondary">{t("desk.of", { numerator: row.numerator, denominator: row.denominator })}</span></span>
                  <Progress percent={Number(row.share) * 100} showInfo={false} size="small" aria-label={ofBoth(row.title)} />
                </Flex>
              ),
          },
          { title: t("desk.weight"), align: "end", render: (_, row) => percent(row.weight) },
          { title: t("desk.points"), align: "end", render: (_, row) => (row.points === null ? "–" : percent(row.points)) },
          { title: t("desk.behind"), render: (_, row) => row.orders && row.denominator > 0 && <Button size="small" autoInsertSpace={false} aria-label={`${t("desk.open")}: ${ofBoth(row.title)}`} onClick={() => setAsked(row)}>{t("desk.open")}</Button> },
        ]}
      />
      <Modal open={asked !== null} title={asked && ofBoth(asked.title)} onCancel={() => setAsked(null)} footer={null} width="min(820px, 96vw)" destroyOnHidden closable={{ "aria-label": t("list.close") }}>
        {asked && <Behind supplier_id={card.supplier_id} figure={asked.name} />}
      </Modal>
    </Flex>
  );
}

function Behind({ supplier_id, figure }: { supplier_id: number; figure: string }) {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useDeskForms();
  const shopName = useShopNames();
  const [against, setAgainst] = useState(true);
  const params = { path: { supplier_id, figure }, query: { against } };
  const counted = api.useInfiniteQuery("get", "/v1/suppliers/{supplier_id}/scorecard/{figure}", { params }, BY_CURSOR);
  return (
    <Flex vertical gap="small">
      <label><Switch size="small" checked={against} onChange={setAgainst} aria-label={t("desk.against")} /> {t("desk.against")}</label>
      <CursorTable
        query={counted}
        rowKey={({ fulfilment_id }) => fulfilment_id}
        empty={t("desk.none")}
        width={560}
        columns={[
          { title: t("desk.at"), render: (_, row) => forms.day(row.day) },
          { title: t("home.shop"), render: (_, row) => shopName(row.shop_id) },
          { title: t("desk.order"), render: (_, row) => t("home.order", { id: row.order_id }) },
          { title: t("desk.facts"), render: (_, row) => row.facts.map((each) => word("fact", each)).join(" · ") },
        ]}
      />
    </Flex>
  );
}
