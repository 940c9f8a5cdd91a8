import { Table } from "antd";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { Wide } from "../../pieces/Wide";
import { useWords } from "../../texts/use";
import { useShopForms } from "../shops";
import type { News } from "./Version";

type Effects = Schemas["FeeEffectsOut"];

/** What the shop's own shipments come to under the version before and under this one, by kind and together. */
export function Fees({ fees, news }: { fees: Effects; news: News }) {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useShopForms();
  const rows = [...fees.by_kind.map((each) => ({ ...each, name: word("entry", each.kind) })), ...together(fees.by_kind).map((each) => ({ ...each, name: t("news.together") }))];
  return (
    <section>
      <h3 style={{ fontSize: 14, marginBlock: "0 4px" }}>{t("news.fees")}</h3>
      <p className="secondary" style={{ marginTop: 0 }}>
        {t("news.fees_basis", { since: forms.instant(fees.since), until: forms.instant(fees.until), count: fees.shipments })}
      </p>
      {rows.length > 0 && (
        <Wide width={420}>
          <Table
            size="small"
            pagination={false}
            rowKey={({ kind, before }) => `${kind} ${before.currency}`}
            dataSource={rows}
            columns={[
              { title: t("funds.kind"), dataIndex: "name" },
              { title: t("news.before", { version: news.follows }), align: "end", render: (_, row) => forms.money(row.before) },
              { title: t("news.after", { version: news.version }), align: "end", render: (_, row) => forms.money(row.after) },
              { title: t("news.difference"), align: "end", render: (_, row) => <Difference row={row} /> },
            ]}
          />
        </Wide>
      )}
    </section>
  );
}

type Row = Pick<Effects["by_kind"][number], "before" | "after">;

function Difference({ row }: { row: Row }) {
  const forms = useShopForms();
  const { currency } = row.after;
  const more = less(row.after.amount, row.before.amount);
  const said = forms.money({ amount: more, currency });
  if (Number(more) === 0) return said;
  return <strong>{Number(more) > 0 ? `+${said}` : said}</strong>;
}

/** The sum of each currency; of one kind alone it would say the same again. */
function together(kinds: Effects["by_kind"]) {
  const currencies = [...new Set(kinds.map(({ before }) => before.currency))];
  return currencies.flatMap((currency) => {
    const own = kinds.filter(({ before }) => before.currency === currency);
    if (own.length < 2) return [];
    const sum = (side: "before" | "after") => own.reduce((total, each) => plus(total, each[side].amount), "0");
    return [{ kind: "together", before: { amount: sum("before"), currency }, after: { amount: sum("after"), currency } }];
  });
}

/** Amounts are decimals; they are added as whole numbers of their smallest part. */
const PLACES = 4;
const whole = (amount: string) => Math.round(Number(amount) * 10 ** PLACES);
const plus = (one: string, other: string) => ((whole(one) + whole(other)) / 10 ** PLACES).toFixed(PLACES);
const less = (one: string, other: string) => ((whole(one) - whole(other)) / 10 ** PLACES).toFixed(PLACES);
