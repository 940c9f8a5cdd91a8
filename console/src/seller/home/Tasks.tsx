import { Badge, Card, Empty, Flex, Select, Table, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import type { Schemas } from "../../api/client";
import { useBusinessNow } from "../../pieces/BusinessTime";
import { useForms, useWords } from "../../texts/use";
import { useShopPlaces } from "../shops";

type Task = Schemas["TaskOut"];
const STATUS = { overdue: "error", due_soon: "warning", later: "default" } as const;

interface Props {
  tasks: readonly Task[];
  loading: boolean;
  more: boolean;
}

/** The one queue of all shops: overdue first, then what is due within 24 hours. */
export function Tasks({ tasks, loading, more }: Props) {
  const { t } = useTranslation();
  const word = useWords();
  const [search, setSearch] = useSearchParams();
  const kind = search.get("kind") ?? undefined;
  const kinds = [...new Set(tasks.map((each) => each.kind))];
  const rows = tasks.filter((each) => kind === undefined || each.kind === kind);
  return (
    <Card
      size="small"
      title={t("home.queue")}
      extra={
        <Select
          allowClear
          aria-label={t("home.kind")}
          placeholder={t("home.every_kind")}
          value={kind}
          options={kinds.map((value) => ({ value, label: word("task", value) }))}
          onChange={(chosen?: string) => setSearch(chosen ? { kind: chosen } : {}, { replace: true })}
          style={{ minWidth: 150 }}
        />
      }
    >
      <Table<Task>
        rowKey={(row) => `${row.kind}-${row.shop_id}-${row.fulfilment_id}-${row.order_id}-${row.supplier_id}`}
        size="small"
        columns={useColumns()}
        dataSource={rows}
        loading={loading}
        pagination={rows.length > 20 ? { pageSize: 20, showSizeChanger: false } : false}
        scroll={{ x: 560 }}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("home.nothing")} /> }}
        footer={more ? () => t("home.more") : undefined}
      />
    </Card>
  );
}

function useColumns(): TableColumnsType<Task> {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useForms("Asia/Shanghai");
  const places = useShopPlaces();
  const nameOf = (id: number | null) => places.find((place) => place.party_id === id)?.name ?? "";
  return [
    {
      title: t("home.what"),
      render: (_, row) => (
        <Flex vertical>
          <Badge status={STATUS[row.urgency]} text={word("task", row.kind)} />
          <Link to={whereTo(row)}>{row.order_id ? t("home.order", { id: row.order_id }) : t("home.see")}</Link>
        </Flex>
      ),
    },
    { title: t("home.shop"), render: (_, row) => nameOf(row.shop_id) },
    { title: t("home.since"), render: (_, row) => forms.instant(row.since) },
    { title: t("home.due"), render: (_, row) => <Due at={row.due_at} /> },
  ];
}

function Due({ at }: { at: string | null }) {
  const { t } = useTranslation();
  const forms = useForms("Asia/Shanghai");
  const now = useBusinessNow(30_000).getTime();
  if (at === null) return "–";
  const left = (Date.parse(at) - now) / 1_000;
  return (
    <Flex vertical>
      <span>{forms.instant(at)}</span>
      <small>{left < 0 ? t("home.late_by", { span: forms.span(-left) }) : t("home.due_in", { span: forms.span(left) })}</small>
    </Flex>
  );
}

/** The page on which it is done. */
function whereTo({ kind, shop_id, order_id }: Task): string {
  const shop = `/seller/${shop_id}`;
  if (kind === "uncounted" || kind === "half_left") return `${shop}/products`;
  if (kind === "no_measure") return `${shop}/funds`;
  return order_id ? `${shop}/orders?order=${order_id}` : `${shop}/orders`;
}
