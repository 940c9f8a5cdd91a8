import { Badge, Card, Empty, Flex, Grid, Select, Spin } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import type { Schemas } from "../../api/client";
import { useBusinessNow } from "../../pieces/BusinessTime";
import { useForms, useWords, type Forms } from "../../texts/use";
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
  const narrow = (
    <Select
      allowClear
      aria-label={t("home.kind")}
      placeholder={t("home.every_kind")}
      value={kind}
      options={kinds.map((value) => ({ value, label: word("task", value) }))}
      onChange={(chosen?: string) => setSearch(chosen ? { kind: chosen } : {}, { replace: true })}
      style={{ minWidth: 150 }}
    />
  );
  return (
    <Card size="small" title={t("home.queue")} extra={narrow}>
      <Spin spinning={loading}>
        {rows.length === 0 && !loading ? <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("home.nothing")} /> : <Rows rows={rows} />}
      </Spin>
      {more && <p className="secondary">{t("home.more")}</p>}
    </Card>
  );
}

/** A plain table: Ant Design's own would be a sixth of all that the first page loads. */
function Rows({ rows }: { rows: readonly Task[] }) {
  const { t } = useTranslation();
  const wide = Grid.useBreakpoint().md ?? true;
  const heads = wide ? [t("home.what"), t("home.shop"), t("home.since"), t("home.due")] : [t("home.what"), t("home.due")];
  return (
    <table className="tasks">
      <thead>
        <tr>{heads.map((head) => <th key={head} scope="col">{head}</th>)}</tr>
      </thead>
      <tbody>
        {rows.map((row) => <Row key={`${row.kind}-${row.shop_id}-${row.fulfilment_id}-${row.order_id}-${row.supplier_id}`} task={row} wide={wide} />)}
      </tbody>
    </table>
  );
}

/** One thing to do, in its shop's own time. */
function Row({ task, wide }: { task: Task; wide: boolean }) {
  const { t } = useTranslation();
  const word = useWords();
  const shop = useShopPlaces().find((place) => place.party_id === task.shop_id);
  const forms = useForms(shop?.zone ?? "Asia/Shanghai");
  return (
    <tr>
      <td>
        <Badge status={STATUS[task.urgency]} text={word("task", task.kind)} />
        <div><Link to={whereTo(task)}>{task.order_id ? t("home.order", { id: task.order_id }) : t("home.see")}</Link></div>
        {!wide && <small>{shop?.name}</small>}
      </td>
      {wide && <td>{shop?.name}</td>}
      {wide && <td>{forms.instant(task.since)}</td>}
      <td><Due task={task} forms={forms} /></td>
    </tr>
  );
}

/** By when it is due and how long that is; of what was due and has no day any more, since when it waits. */
function Due({ task: { due_at, since, urgency }, forms }: { task: Task; forms: Forms }) {
  const { t } = useTranslation();
  const now = useBusinessNow(30_000).getTime();
  if (due_at === null) return urgency === "overdue" ? <small>{t("home.waits", { span: forms.span((now - Date.parse(since)) / 1_000) })}</small> : "–";
  const left = (Date.parse(due_at) - now) / 1_000;
  return (
    <Flex vertical>
      <span>{forms.instant(due_at)}</span>
      <small>{left < 0 ? t("home.late_by", { span: forms.span(-left) }) : t("home.due_in", { span: forms.span(left) })}</small>
    </Flex>
  );
}

/** The page on which it is done. */
function whereTo({ kind, shop_id, order_id }: Task): string {
  const shop = `/seller/${shop_id}`;
  if (kind === "uncounted") return `${shop}/products?tab=calibrations`;
  if (kind === "half_left") return `${shop}/products?tab=exits`;
  if (kind === "no_measure") return `${shop}/funds`;
  return order_id ? `${shop}/orders?order=${order_id}` : `${shop}/orders`;
}
