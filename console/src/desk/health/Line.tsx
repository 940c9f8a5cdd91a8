import { Badge, Card, Descriptions, Flex, Switch } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "../../api/client";
import { Due } from "../../pieces/Due";
import { Failure } from "../../pieces/Failure";
import { Rows } from "../../pieces/Rows";
import { Waiting } from "../../pieces/Waiting";
import { useWords } from "../../texts/use";
import { useAddress } from "../address";
import { useDeskForms } from "../zone";

/** How far the line is behind: its stations with what each waits for, the late first, and what waits for somebody outside. */
export function Line() {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useDeskForms();
  const [said, say] = useAddress();
  const line = api.useQuery("get", "/v1/line", {}, { refetchInterval: 15_000 });
  if (line.error) return <Failure error={line.error} retry={() => void line.refetch()} />;
  if (!line.data) return <Waiting />;
  const { stations, ...outside } = line.data;
  const late = stations.filter((each) => each.late);
  const only = said("late") !== undefined;
  const waiting = stations.filter(({ due_at }) => due_at !== null).toSorted((one, other) => Number(other.late) - Number(one.late) || Date.parse(one.due_at ?? "") - Date.parse(other.due_at ?? ""));
  const count = (number: number) => <span><Badge status={number === 0 ? "success" : "error"} /> {forms.number(number)}</span>;
  return (
    <Card
      size="small"
      title={t("desk.line_title")}
      extra={<label><Switch size="small" checked={only} onChange={(on) => say({ late: on ? "1" : undefined })} aria-label={t("desk.late_only")} /> {t("desk.late_only")}</label>}
    >
      <Flex vertical gap="middle">
        <Badge status={late.length === 0 ? "success" : "error"} text={late.length === 0 ? t("desk.line_well") : t("desk.line_late", { count: late.length })} />
        <Descriptions
          size="small"
          column={{ xs: 1, sm: 2, lg: 4 }}
          items={[
            { label: t("desk.failing_messages"), children: count(outside.failing_messages) },
            { label: t("desk.oldest_message"), children: forms.instant(outside.oldest_message_at) },
            { label: <Link to="/desk/orders?kind=endpoint">{t("desk.broken_suppliers")}</Link>, children: count(outside.broken_suppliers) },
            { label: t("desk.broken_subscribers"), children: count(outside.broken_subscribers) },
          ]}
        />
        <Rows
          rows={only ? late : waiting}
          rowKey={({ name }) => name}
          empty={t(only ? "desk.line_well" : "desk.nothing_waits")}
          width={300}
          columns={[
            { title: t("desk.station"), render: (_, row) => <Badge status={row.late ? "error" : "default"} text={word("station", row.name)} /> },
            { title: t("desk.next_due"), render: (_, row) => <Due at={row.due_at} forms={forms} /> },
          ]}
        />
        <span className="secondary">{t("desk.line_hint")}</span>
      </Flex>
    </Card>
  );
}
