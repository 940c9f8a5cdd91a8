import { Card, Col, Descriptions, Flex, Row, Table, Tag, Typography } from "antd";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { useOpenWords, useWords } from "../../texts/use";
import { useShopForms } from "../shops";
import { useSupplierNames } from "../supplier_names";
import { Blockers } from "./Blockers";
import { ForecastCard } from "./ForecastCard";
import { Passed } from "./Passed";

type Found = Schemas["RehearsalOut"];

/** 试运行: what is so now, and what would be. Nothing was changed. */
export function Rehearsal({ found }: { found: Found }) {
  const { t } = useTranslation();
  return (
    <Flex vertical gap="middle">
      <Card size="small" title={t("rehearsal.title")} extra={<Tag>{t("rehearsal.nothing_changed")}</Tag>}>
        <Flex vertical gap="middle">
          <Sides found={found} />
          <Grants rows={found.grants} />
          <Stock rows={found.stock} />
          <Money rows={found.money} />
          <Checks rows={found.checks} />
        </Flex>
      </Card>
      <ForecastCard forecast={found.forecast} unsold={found.unsold} />
      <Blockers blockers={found.blockers} counts={found.blocker_counts} acting={false} />
    </Flex>
  );
}

/** What was, and what would be, where that differs. */
function change(was: string, will: string) {
  return was === will ? was : <><del>{was}</del> → <strong>{will}</strong></>;
}

function Sides({ found }: { found: Found }) {
  const { t } = useTranslation();
  const word = useWords();
  const { before, after } = found;
  const yes = (value: boolean) => t(value ? "rehearsal.yes" : "rehearsal.no");
  const items = [
    { label: t("rehearsal.enrolment"), children: change(word("enrolment", before.enrolment), word("enrolment", after.enrolment)) },
    { label: t("rehearsal.intake"), children: change(yes(before.jit_intake_open), yes(after.jit_intake_open)) },
    { label: t("rehearsal.offered"), children: change(yes(before.jit_offered), yes(after.jit_offered)) },
    { label: t("rehearsal.plan"), children: change(before.plan.join(", "), after.plan.join(", ")) },
    { label: t("rehearsal.orders"), children: t("rehearsal.open_orders", { count: found.orders.open }) },
    ...(found.move ? [{ label: t("move.title"), children: <Moved move={found.move} /> }] : []),
    { label: t("rehearsal.products"), children: `${found.products.count}: ${found.products.skus.slice(0, 8).join(", ")}` },
  ];
  return <Descriptions size="small" bordered column={{ xs: 1, md: 2 }} items={items} />;
}

function Moved({ move }: { move: NonNullable<Found["move"]> }) {
  const { t } = useTranslation();
  const word = useOpenWords();
  const forms = useShopForms();
  const choices = Object.entries(move.choices).map(([choice, count]) => `${word("choice", choice)} ${count}`);
  return <>{t("move.until")} {forms.instant(move.until)}<div><small>{choices.join(" · ")}</small></div></>;
}

function Grants({ rows }: { rows: Found["grants"] }) {
  const { t } = useTranslation();
  const word = useWords();
  const supplierName = useSupplierNames();
  return (
    <Table
      size="small"
      pagination={false}
      rowKey="binding_id"
      dataSource={rows}
      columns={[
        { title: t("rehearsal.grants"), render: (_, row) => supplierName(row.supplier_id) },
        { title: t("rehearsal.open"), dataIndex: "open_fulfilments", align: "end" },
        { title: t("rehearsal.change"), render: (_, row) => `${word("binding", row.before)} → ${word("binding", row.after)}` },
      ]}
    />
  );
}

function Stock({ rows }: { rows: Found["stock"] }) {
  const { t } = useTranslation();
  if (rows.length === 0) return null;
  return (
    <Table
      size="small"
      pagination={rows.length > 10 ? { pageSize: 10 } : false}
      rowKey={(row) => `${row.item}-${row.location}`}
      dataSource={rows}
      columns={[
        { title: t("rehearsal.stock"), dataIndex: "item" },
        { title: t("rehearsal.on_hand"), render: (_, row) => `${row.on_hand_before} → ${row.on_hand_after}` },
        { title: t("rehearsal.sellable"), render: (_, row) => `${row.sellable_before} → ${row.sellable_after}` },
      ]}
    />
  );
}

function Money({ rows }: { rows: Found["money"] }) {
  const { t } = useTranslation();
  const forms = useShopForms();
  return (
    <Table
      size="small"
      pagination={false}
      rowKey={(row) => row.funds.currency}
      dataSource={rows}
      columns={[
        { title: t("rehearsal.funds"), render: (_, row) => forms.money(row.funds) },
        { title: t("rehearsal.unsettled"), render: (_, row) => forms.money(row.unsettled) },
        { title: t("rehearsal.after"), render: (_, row) => forms.money(row.after) },
      ]}
    />
  );
}

/** What the verification would find, were it run now. */
function Checks({ rows }: { rows: Found["checks"] }) {
  const { t } = useTranslation();
  const word = useWords();
  return (
    <section>
      <Typography.Text strong>{t("rehearsal.checks")}</Typography.Text>
      <Row gutter={[16, 4]} style={{ marginTop: 8 }}>
        {rows.map(({ check, passed }) => (
          <Col xs={24} md={12} key={check}>
            <Flex gap="small"><Passed passed={passed} />{word("check", check)}</Flex>
          </Col>
        ))}
      </Row>
    </section>
  );
}
