import { Badge, Card, Empty, Flex, Table, Typography, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { ofBoth, useWords } from "../../texts/use";
import { useShopForms } from "../shops";
import { useSupplierNames } from "../supplier_names";
import { Remedy } from "./Remedy";
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
    <Card size="small" title={t("exit.blockers")} extra={<Typography.Text type="secondary">{summary}</Typography.Text>}>
      <Flex vertical gap="large">
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
  return (
    <section>
      <Typography.Title level={3} style={{ fontSize: 15 }}>{t("exit.owned", { who: t(`exit.owner_${owner}`), count: rows.length })}</Typography.Title>
      <Wide width={640}>
        <Table<Blocker>
          size="small"
          tableLayout="fixed"
          rowKey={(row) => `${row.code}-${String(row.object["kind"])}-${String(row.object["id"])}`}
          columns={useColumns(acting)}
          dataSource={rows}
          pagination={rows.length > 10 ? { pageSize: 10, showSizeChanger: false } : false}
        />
      </Wide>
    </section>
  );
}

function useColumns(acting: boolean): TableColumnsType<Blocker> {
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
  return [
    {
      title: t("exit.blocker"),
      render: (_, row) => (
        <Flex vertical>
          <Badge status={row.blocking ? "error" : "default"} text={word("blocker", row.code)} />
          <Typography.Text type="secondary">{about(row)}</Typography.Text>
        </Flex>
      ),
    },
    { title: t("exit.since"), render: (_, row) => forms.instant(row.since) },
    { title: t("exit.expected"), render: (_, row) => (row.expected_on ? forms.day(row.expected_on) : "–") },
    {
      title: t("exit.remedy"),
      render: (_, row) => (
        <Flex vertical gap={4} align="start">
          <span>{ofBoth(row.remedy.text)}</span>
          {acting && <Remedy blocker={row} />}
        </Flex>
      ),
    },
  ];
}
