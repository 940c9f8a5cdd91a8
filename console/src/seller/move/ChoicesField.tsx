import { Alert, Flex, Grid, Select, Table } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Wide } from "../../pieces/Wide";
import { useWords } from "../../texts/use";
import { useShop, useShopForms } from "../shops";
import type { Choice, Choices, Unsold } from "./move";

const NOTHING: Choices = {};

interface Props {
  rows: readonly Unsold[];
  /** An exit closes the JIT intake at once, so that nothing can be stocked up first. */
  in_exit: boolean;
  value?: Choices;
  onChange?: (choices: Choices) => void;
}

/** What is to become of each product of which the shop has no units itself, while it moves. */
export function ChoicesField({ rows, in_exit, value = NOTHING, onChange }: Props) {
  const { t } = useTranslation();
  const word = useWords();
  const shop = useShop();
  const forms = useShopForms();
  const desk = Grid.useBreakpoint().md ?? true;
  if (rows.length === 0) return <Alert type="success" showIcon title={t("move.all_stocked")} />;
  const offered = (choices: readonly Choice[]) => choices.filter((each) => !in_exit || each !== "stock_up").map((each) => ({ value: each, label: word("choice", each) }));
  const all = [...offered(rows[0]?.choices ?? []), { value: "none" as const, label: t("move.no_choice") }];
  const toAll = (choice: Choice | "none") => onChange?.(choice === "none" ? {} : Object.fromEntries(rows.map(({ sku }) => [sku, choice])));
  const choose = (row: Unsold) => (
    <Select<Choice>
      allowClear
      aria-label={t("move.choice_of", { sku: row.sku })}
      placeholder={t("move.no_choice")}
      value={value[row.sku]}
      options={offered(row.choices)}
      onChange={(choice: Choice | undefined) => onChange?.({ ...value, [row.sku]: choice })}
      style={{ width: "100%" }}
    />
  );
  return (
    <Flex vertical gap="small">
      <Flex gap="small" wrap align="center" justify="space-between">
        <span className="secondary">{t("move.unstocked", { count: rows.length })} <Link to={`/seller/${shop.id}/plan?tab=stock`}>{t("move.to_stock_plan")}</Link></span>
        <Select<Choice | "none"> value={null} aria-label={t("move.for_all")} placeholder={t("move.for_all")} options={all} onChange={toAll} style={{ width: 220 }} />
      </Flex>
      <Wide width={desk ? 560 : 0}>
        <Table<Unsold>
          size="small"
          rowKey="sku"
          dataSource={[...rows]}
          pagination={rows.length > 10 ? { pageSize: 10, showSizeChanger: false } : false}
          columns={[
            { title: t("move.product"), render: (_, row) => <><code>{row.sku}</code><div><small>{row.title}</small></div>{!desk && choose(row)}</> },
            { title: t("move.demand"), align: "end", width: 110, render: (_, row) => forms.number(row.orders_a_day) },
            ...(desk ? [{ title: t("move.meanwhile"), width: 240, render: (_: unknown, row: Unsold) => choose(row) }] : []),
          ]}
        />
      </Wide>
      <Meanings choices={all.map(({ value: each }) => each)} />
    </Flex>
  );
}

function Meanings({ choices }: { choices: readonly (Choice | "none")[] }) {
  const { t } = useTranslation();
  const word = useWords();
  return (
    <ul className="secondary" style={{ margin: 0, paddingInlineStart: 20 }}>
      {choices.map((each) => <li key={each}><strong>{each === "none" ? t("move.no_choice") : word("choice", each)}</strong>: {t(`move.means_${each}`)}</li>)}
    </ul>
  );
}
