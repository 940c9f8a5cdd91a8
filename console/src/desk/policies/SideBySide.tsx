import { Flex, Table, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Wide } from "../../pieces/Wide";
import { useDeskForms } from "../zone";
import type { Rule } from "./differences";

interface Head {
  version: string;
  from: string;
  until: string | null;
}

/** The rules in three columns: what each is, how it stood, how it stands. What differs is marked as taken out and put in. */
export function SideBySide({ rows, older, newer }: { rows: Rule[]; older: Head; newer: Head }) {
  const { t } = useTranslation();
  return (
    <Wide width={760}>
      <Table<Rule>
        size="middle"
        rowKey="code"
        tableLayout="fixed"
        dataSource={rows}
        pagination={false}
        columns={[
          { title: t("desk.rule"), width: "22%", render: (_, row) => <Name row={row} />, onCell: () => ({ style: { verticalAlign: "top" } }) },
          { title: <Version head={older} />, render: (_, row) => <Side row={row} side="old" />, onCell: () => ({ style: { verticalAlign: "top" } }) },
          { title: <Version head={newer} />, render: (_, row) => <Side row={row} side="fresh" />, onCell: () => ({ style: { verticalAlign: "top" } }) },
        ]}
      />
    </Wide>
  );
}

function Version({ head }: { head: Head }) {
  const { t } = useTranslation();
  const forms = useDeskForms();
  return (
    <>
      {head.version}
      <br />
      <span className="secondary" style={{ fontWeight: "normal" }}>{t("desk.in_force")} {forms.instant(head.from)} – {head.until ? forms.instant(head.until) : t("desk.to_now")}</span>
    </>
  );
}

function Name({ row }: { row: Rule }) {
  const { t } = useTranslation();
  return (
    <Flex vertical align="start" gap={4}>
      <strong>{row.code}</strong>
      <span>{row.title}</span>
      {row.old === undefined && <Tag color="success">{t("desk.added_rule")}</Tag>}
      {row.fresh === undefined && <Tag color="error">{t("desk.dropped_rule")}</Tag>}
    </Flex>
  );
}

function Side({ row, side }: { row: Rule; side: "old" | "fresh" }) {
  const text = row[side];
  if (text === undefined) return "–";
  const Mark = side === "old" ? "del" : "ins";
  const marked = (differs: boolean, said: string) => (differs ? <Mark style={{ textDecoration: side === "old" ? "line-through" : "none", background: side === "old" ? "#fff1f0" : "#f1f9ed" }}>{said}</Mark> : said);
  return (
    <Flex vertical gap={4}>
      <span>{marked(row.old !== undefined && row.fresh !== undefined && row.old !== row.fresh, text)}</span>
      {row.figures
        .filter((figure) => figure[side] !== undefined)
        .map((figure) => (
          <span key={figure.name} style={{ overflowWrap: "anywhere" }}>
            <code>{figure.name}</code> {marked(figure.old !== figure.fresh, figure[side] ?? "")}
          </span>
        ))}
    </Flex>
  );
}
