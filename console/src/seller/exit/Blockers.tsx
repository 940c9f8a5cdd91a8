import { Badge, Card, Empty, Flex, Grid, Table, Typography, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { ofBoth, useWords } from "../../texts/use";
import { useShopForms } from "../shops";
import { useSupplierNames } from "../supplier_names";
import { Remedy } from "./Remedy";
import { usePrinting } from "../../pieces/printing";
import { Wide } from "../../pieces/Wide";

export type Blocker = Schemas["BlockerOut"];
const OWNERS = ["seller", "supplier", "carrier", "platform"] as const;

interface Props {
  blockers: readonly Blocker[];
  counts: Readonly<Record<string, number>>;
  /** Whether what clears them is offered; a rehearsal only tells of them. */
  acting: boolean;
}

/** What stands in the way, by who can clear it: the seller's own first, each with what clears it. */
export function Blockers({ blockers, counts, acting }: Props) {
  const { t } = useTranslation();
  const word = useWords();
  if (blockers.length === 0) {
    return (
      <Card size="small" title={t("exit.blockers")}>
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("exit.no_blockers")} />
      </Card>
    );
  }
  const summary = (Object.entries(counts) as [Blocker["code"], number][]).map(([code, count]) => `${word("blocker", code)} ${count}`).join(" · ");
  return (
    <Card size="small" title={t("exit.blockers")}>
      <Flex vertical gap="large">
        <Typography.Text type="secondary">{summary}</Typography.Text>
        {OWNERS.map((owner) => {
          const theirs = blockers.filter((each) => each.owner === owner);
          return theirs.length > 0 && <Owned key={owner} owner={owner} rows={theirs} acting={acting} />;
        })}
      </Flex>
    </Card>
  );
}

function Owned({ owner, rows, acting }: { owner: Blocker["owner"]; rows: Blocker[]; acting: boolean }) {
  const { t } = useTranslation();
  const printing = usePrinting();
  const desk = (Grid.useBreakpoint().md ?? true) || printing;
  return (
    <section>
      <Typography.Title level={3} style={{ fontSize: 15 }}>{t("exit.owned", { who: t(`exit.owner_${owner}`), count: rows.length })}</Typography.Title>
      <Wide width={desk ? 640 : 0}>
        <Table<Blocker>
          size="small"
          tableLayout="fixed"
          rowKey={(row) => `${row.code}-${String(row.object["kind"])}-${String(row.object["id"])}`}
          columns={useColumns(acting, desk)}
          dataSource={rows}
          pagination={rows.length > 10 && !printing ? { pageSize: 10, showSizeChanger: false } : false}
        />
      </Wide>
    </section>
  );
}

/** On a phone all of a blocker stands in one cell, so that what clears it is in view. */
function useColumns(acting: boolean, desk: boolean): TableColumnsType<Blocker> {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useShopForms();
  const supplierName = useSupplierNames();
  const about = ({ object }: Blocker) => {
    const parts = [
      object["order_id"] !== undefined && t("home.order", { id: Number(object["order_id"]) }),
      object["sku"],
      object["supplier_id"] !== undefined && supplierName(Number(object["supplier_id"])),
    ];
    return parts.filter(Boolean).join(" · ");
  };
  const named = (row: Blocker) => (
    <Flex vertical>
      <Badge status={row.blocking ? "error" : "default"} text={word("blocker", row.code)} />
      <Typography.Text type="secondary">{about(row)}</Typography.Text>
    </Flex>
  );
  const cleared = (row: Blocker) => (
    <Flex vertical gap={4} align="start">
      <span>{ofBoth(row.remedy.text)}</span>
      {acting && <Remedy blocker={row} />}
    </Flex>
  );
  const times = ({ since, expected_on }: Blocker) =>
    [`${t("exit.since")} ${forms.instant(since)}`, expected_on && `${t("exit.expected")} ${forms.day(expected_on)}`].filter(Boolean).join(" · ");
  if (!desk) {
    return [{ title: t("exit.blocker"), render: (_, row) => <Flex vertical gap={4}>{named(row)}<small className="secondary">{times(row)}</small>{cleared(row)}</Flex> }];
  }
  return [
    { title: t("exit.blocker"), width: "28%", render: (_, row) => named(row) },
    { title: t("exit.since"), width: "18%", render: (_, row) => forms.instant(row.since) },
    { title: t("exit.expected"), width: "14%", render: (_, row) => (row.expected_on ? forms.day(row.expected_on) : "–") },
    { title: t("exit.remedy"), render: (_, row) => cleared(row) },
  ];
}
