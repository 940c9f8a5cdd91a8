import { DownloadOutlined, PrinterOutlined } from "@ant-design/icons";
import { Button, Descriptions, Flex, Table, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { downloadFile } from "../../api/download";
import { Failure } from "../../pieces/Failure";
import { PaperButton } from "../../pieces/PaperButton";
import { Section } from "../../pieces/Section";
import { useSay } from "../../pieces/say";
import { Waiting } from "../../pieces/Waiting";
import { Wide } from "../../pieces/Wide";
import { useWords } from "../../texts/use";
import { useShop, useShopForms } from "../shops";
import { useBasis } from "./basis";

type Told = Schemas["StatementOut"];
const SHOWN = 200;

/** One month's statement, on the screen, on paper, or as a file. */
export function Statement({ month, back }: { month: string; back: () => void }) {
  const { t } = useTranslation();
  const shop = useShop();
  const found = api.useQuery("get", "/v1/shops/{shop_id}/statements/{month}", { params: { path: { shop_id: shop.id, month } } });
  return (
    <Flex vertical gap="middle">
      <Flex gap="small" wrap>
        <Button onClick={back}>{t("bills.back")}</Button>
        <PaperButton path={`/v1/shops/${shop.id}/statements/${month}.pdf`} title={t("bills.paper")} />
        {(["xlsx", "csv", "json"] as const).map((ending) => <Save key={ending} month={month} ending={ending} />)}
        <Button icon={<PrinterOutlined aria-hidden />} onClick={() => window.print()}>{t("bills.print")}</Button>
      </Flex>
      {found.isPending && <Waiting />}
      {found.error && <Failure error={found.error} retry={() => void found.refetch()} />}
      {found.data && <Inside it={found.data} />}
    </Flex>
  );
}

function Save({ month, ending }: { month: string; ending: "xlsx" | "csv" | "json" }) {
  const shop = useShop();
  const say = useSay();
  const path = `/v1/shops/${shop.id}/statements/${month}${ending === "json" ? "" : `.${ending}`}`;
  return (
    <Button icon={<DownloadOutlined aria-hidden />} onClick={() => void downloadFile(path, `statement-${shop.id}-${month}.${ending}`).catch(say.failed)}>
      {ending.toUpperCase()}
    </Button>
  );
}

function Inside({ it }: { it: Told }) {
  const { t } = useTranslation();
  const forms = useShopForms();
  const items = [
    { label: t("bills.month"), children: <>{it.month} {it.state !== "issued" && <Tag>{t("bills.draft")}</Tag>}</> },
    { label: t("bills.number"), children: it.number },
    ...it.balances.flatMap(({ opening, closing }) => [
      { key: `opening ${opening.currency}`, label: t("bills.opening"), children: forms.money(opening) },
      { key: `closing ${closing.currency}`, label: t("bills.closing"), children: <strong>{forms.money(closing)}</strong> },
    ]),
    ...(it.issued_at ? [{ label: t("bills.issued"), children: forms.instant(it.issued_at) }] : []),
  ];
  return (
    <>
      <Descriptions size="small" bordered column={{ xs: 1, sm: 2 }} items={items} />
      <Section title={t("bills.subtotals")}><Subtotals it={it} /></Section>
      <Section title={t("bills.lines", { count: it.line_count })}><Lines it={it} /></Section>
      {it.seal && <small className="secondary">{t("bills.sealed", { no: it.seal.no, hash: it.seal.hash.slice(0, 16) })}</small>}
    </>
  );
}

function Subtotals({ it }: { it: Told }) {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useShopForms();
  return (
    <Table
      size="small"
      pagination={false}
      rowKey={({ kind, amount }) => `${kind} ${amount.currency}`}
      dataSource={it.subtotals}
      locale={{ emptyText: t("bills.no_lines") }}
      columns={[
        { title: t("bills.what"), render: (_, row) => word("entry", row.kind) },
        { title: t("exit.count"), dataIndex: "lines", align: "end" },
        { title: t("bills.amount"), align: "end", render: (_, row) => forms.money(row.amount) },
      ]}
    />
  );
}

function Lines({ it }: { it: Told }) {
  const { t } = useTranslation();
  const word = useWords();
  const basisOf = useBasis();
  const forms = useShopForms();
  return (
    <>
      <Wide width={760}>
        <Table
          size="small"
          pagination={false}
          rowKey="transfer_id"
          dataSource={it.lines.slice(0, SHOWN)}
          locale={{ emptyText: t("bills.no_lines") }}
          columns={[
            { title: t("bills.date"), render: (_, row) => forms.day(row.date) },
            { title: t("bills.what"), render: (_, row) => <>{word("entry", row.kind)}{row.basis && <div><small>{basisOf(row.basis)}</small></div>}</> },
            { title: t("orders.number"), render: (_, row) => row.channel_order_no ?? "–" },
            { title: t("bills.waybill"), render: (_, row) => row.waybill ?? "–" },
            { title: t("bills.amount"), align: "end", render: (_, row) => forms.money(row.amount) },
            { title: t("bills.balance"), align: "end", render: (_, row) => forms.money(row.balance) },
          ]}
        />
      </Wide>
      {it.line_count > SHOWN && <small className="secondary">{t("bills.shown", { count: SHOWN })}</small>}
    </>
  );
}
