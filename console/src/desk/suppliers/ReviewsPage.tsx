import { Badge, Button, Card, Flex, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, type Schemas } from "../../api/client";
import { CursorTable } from "../../pieces/CursorTable";
import { Due } from "../../pieces/Due";
import { Page } from "../../pieces/Page";
import { BY_CURSOR } from "../../pieces/paged";
import { TabRow } from "../../pieces/TabRow";
import { useTold } from "../../pieces/told";
import { useWords } from "../../texts/use";
import { useAddress } from "../address";
import { Decide } from "../Decide";
import { useMay } from "../may";
import { useShopNames } from "../shop_names";
import { useSupplierNames } from "../supplier_names";
import { useDeskForms } from "../zone";

type Review = Schemas["ReviewOut"];
const ENDS = ["passed", "failed"] as const;
const STATES = ["opened", ...ENDS] as const;

/** Reviews of suppliers for a shop that comes back, by their deadline. Source: BACK-3. */
export function Component() {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useDeskForms();
  const shopName = useShopNames();
  const supplierName = useSupplierNames();
  const may = useMay();
  const [said, say] = useAddress();
  const [deciding, setDeciding] = useState<Review | null>(null);
  const state = STATES.find((each) => each === said("state")) ?? "opened";
  const reviews = api.useInfiniteQuery("get", "/v1/reviews", { params: { query: { state } } }, { ...BY_CURSOR, refetchInterval: 30_000 });
  return (
    <Page title={t("menu.desk_reviews")} hint={t("desk.reviews_hint")}>
      <Card size="small">
        <TabRow active={state} items={STATES.map((key) => ({ key, label: word("review", key) }))} onChange={(key) => say({ state: key })} />
        <CursorTable
          query={reviews}
          rowKey={({ id }) => id}
          empty={t("desk.no_reviews")}
          width={700}
          columns={[
            { title: t("desk.supplier"), render: (_, row) => <Link to={`/desk/suppliers/${row.supplier_id}`}>{supplierName(row.supplier_id)}</Link> },
            { title: t("home.shop"), render: (_, row) => shopName(row.shop_id) },
            { title: t("orders.state"), render: (_, row) => <Flex gap={4} wrap><Badge status={row.state === "opened" ? "warning" : "default"} text={word("review", row.state)} />{row.late && <Tag color="error">{t("desk.late")}</Tag>}</Flex> },
            { title: t("home.due"), render: (_, row) => (row.state === "opened" ? <Due at={row.due_at} forms={forms} /> : forms.instant(row.decided_at)) },
            {
              title: t("suppliers.acts"),
              render: (_, row) => may("suppliers.write") && row.state === "opened" && <Button size="small" onClick={() => setDeciding(row)}>{t("desk.decide")}</Button>,
            },
          ]}
        />
      </Card>
      <Deciding review={deciding} close={() => setDeciding(null)} />
    </Page>
  );
}

function Deciding({ review, close }: { review: Review | null; close: () => void }) {
  const { t } = useTranslation();
  const word = useWords();
  const supplierName = useSupplierNames();
  const shopName = useShopNames();
  const decide = api.useMutation("post", "/v1/reviews/{review_id}/decision", useTold(undefined, close));
  return (
    <Decide
      open={review !== null}
      title={t("desk.decide")}
      means={review && t("desk.review_means", { supplier: supplierName(review.supplier_id), shop: shopName(review.shop_id) })}
      choices={ENDS.map((value) => ({ value, label: word("review", value) }))}
      close={close}
      sending={decide.isPending}
      send={(note, decision) => review && decide.mutate({ params: { path: { review_id: review.id } }, body: { decision, note } })}
    />
  );
}
