import { Flex, Grid, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Rows } from "../../pieces/Rows";
import { useDeskForms } from "../zone";
import type { Rule } from "./differences";

interface Head {
  version: string;
  from: string;
  until: string | null;
}

const top = () => ({ style: { verticalAlign: "top" } });

/** The rules in three columns: what each is, how it stood, how it stands. What differs is marked as taken out and put in. */
export function SideBySide({ rows, older, newer }: { rows: Rule[]; older: Head; newer: Head }) {
  const { t } = useTranslation();
  const room = Grid.useBreakpoint().sm ?? true;
  return (
    <Rows<Rule, string>
      rows={rows}
      rowKey={({ code }) => code}
      empty={t("desk.no_difference")}
      width={760}
      columns={[
        { title: t("desk.rule"), width: "22%", render: (_, row) => <Name row={row} />, onCell: top },
        { title: room ? <Version head={older} /> : t("desk.old"), width: "39%", render: (_, row) => <Side row={row} side="old" />, onCell: top },
        { title: room ? <Version head={newer} /> : t("desk.new"), width: "39%", render: (_, row) => <Side row={row} side="fresh" />, onCell: top },
      ]}
    />
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
