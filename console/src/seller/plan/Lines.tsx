import { ArrowDownOutlined, ArrowUpOutlined, CloseOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Empty, Flex, Table, Tag } from "antd";
import { useTranslation } from "react-i18next";
import type { Policy } from "../../pieces/policy";
import { Wide } from "../../pieces/Wide";
import { ofBoth, useWords } from "../../texts/use";

type Told = Policy["lines"][number];
export type Line = Told & { name: string };
const ICONS = { up: <ArrowUpOutlined aria-hidden />, down: <ArrowDownOutlined aria-hidden />, remove: <CloseOutlined aria-hidden />, add: <PlusOutlined aria-hidden /> };

interface Act {
  name: string;
  icon: keyof typeof ICONS;
  disabled: boolean;
  act: () => void;
}

interface Props {
  lines: readonly Told[];
  policy: Policy;
  empty: string;
  acts?: (line: Line, at: number) => Act[];
  /** Whether their order says which goes first. */
  ordered?: boolean;
}

/** Lines as the policy has them: kind, promise, where each goes, what it does not take. */
export function Lines({ lines, policy, empty, acts, ordered = false }: Props) {
  const { t } = useTranslation();
  const word = useWords();
  if (lines.length === 0) return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={empty} />;
  const carrier = (code: string) => ofBoth(policy.carriers.find((each) => each.code === code)?.names ?? { en: code });
  const limits = (line: Told) =>
    [
      line.heaviest_grams && t("plan.heaviest", { weight: line.heaviest_grams / 1_000 }),
      line.refuses.length > 0 && t("plan.refuses", { what: line.refuses.map((each) => word("refused_goods", each)).join(" · ") }),
      line.papers.length > 0 && t("plan.papers", { what: line.papers.map((each) => word("paper", each)).join(" · ") }),
    ].filter(Boolean);
  return (
    <Wide width={860}>
      <Table
        size="small"
        pagination={false}
        rowKey="code"
        dataSource={lines.map((line) => ({ ...line, name: ofBoth(line.names) }))}
        columns={[
          ...(ordered ? [{ title: "#", width: 40, render: (_: unknown, __: Line, at: number) => at + 1 }] : []),
          { title: t("plan.line"), render: (_, line) => <><strong>{line.name}</strong><div><small>{carrier(line.carrier)}</small></div></> },
          { title: t("plan.kind"), render: (_, line) => <Tag color={line.kind === "jit" ? "orange" : undefined} style={{ color: "rgba(0,0,0,0.88)" }}>{word("line_kind", line.kind)}</Tag> },
          { title: t("plan.promise"), render: (_, line) => t("plan.days", { count: line.promise_days }) },
          { title: t("plan.countries"), align: "end", render: (_, line) => line.rates.length },
          { title: t("plan.limits"), render: (_, line) => limits(line).map((each) => <div key={String(each)}><small>{each}</small></div>) },
          ...(acts
            ? [
                {
                  title: t("suppliers.acts"),
                  render: (_: unknown, line: Line, at: number) => (
                    <Flex gap={4}>
                      {acts(line, at).map((each) => (
                        <Button key={each.icon} size="small" icon={ICONS[each.icon]} aria-label={each.name} title={each.name} disabled={each.disabled} onClick={each.act} />
                      ))}
                    </Flex>
                  ),
                },
              ]
            : []),
        ]}
      />
    </Wide>
  );
}
