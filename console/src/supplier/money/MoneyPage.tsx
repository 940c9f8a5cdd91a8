import { DownloadOutlined, FilePdfOutlined, PrinterOutlined } from "@ant-design/icons";
import { Button, Card, DatePicker, Flex, type TableColumnsType } from "antd";
import dayjs from "dayjs";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api, type Schemas } from "../../api/client";
import { saveFile } from "../../api/download";
import { useBusinessNow } from "../../pieces/BusinessTime";
import { CursorTable } from "../../pieces/CursorTable";
import { useCsv } from "../../pieces/csv";
import { Page } from "../../pieces/Page";
import { PaperButton } from "../../pieces/PaperButton";
import { useSay } from "../../pieces/say";
import { BY_CURSOR } from "../../pieces/paged";
import { useWords } from "../../texts/use";
import { useSupplierForms } from "../place";
import { useShopNames } from "../shop_names";

type Payable = Schemas["PayableOut"];
type Entry = Schemas["PayableLineOut"];

/** 应付账款: what each shop owes, and every entry that it comes from. It stays open after a binding has ended. */
export function Component() {
  const { t } = useTranslation();
  const payables = api.useInfiniteQuery("get", "/v1/supplier/payables", { params: { query: {} } }, { ...BY_CURSOR, refetchInterval: 30_000 });
  return (
    <Page title={t("portal.menu.money")} hint={t("portal.money.hint")} actions={<Button icon={<PrinterOutlined aria-hidden />} onClick={() => window.print()}>{t("list.print")}</Button>}>
      <Card size="small" title={t("portal.money.owed")}>
        <CursorTable query={payables} columns={usePayableColumns()} rowKey={({ shop_id, balance }) => `${shop_id} ${balance.currency}`} empty={t("portal.money.none")} width={320} />
      </Card>
      <Statement />
    </Page>
  );
}

function usePayableColumns(): TableColumnsType<Payable> {
  const { t } = useTranslation();
  const shopName = useShopNames();
  const forms = useSupplierForms();
  return [
    { title: t("portal.disputes.shop"), render: (_, row) => shopName(row.shop_id) },
    { title: t("portal.money.charged"), responsive: ["md"], align: "end", render: (_, row) => forms.money(row.charged) },
    { title: t("portal.money.paid_out"), align: "end", render: (_, row) => forms.money(row.paid_out) },
    { title: t("portal.money.taken_back"), responsive: ["md"], align: "end", render: (_, row) => forms.money(row.taken_back) },
    { title: t("portal.money.balance"), align: "end", render: (_, row) => <strong>{forms.money(row.balance)}</strong> },
  ];
}

/** The entries of a period, this month unless the address says another. */
function Statement() {
  const { t } = useTranslation();
  const say = useSay();
  const saveCsv = useCsv();
  const [search, setSearch] = useSearchParams();
  const now = dayjs(useBusinessNow(60_000));
  const from = search.get("from") ?? now.startOf("month").format("YYYY-MM-DD");
  const until = search.get("until") ?? now.endOf("month").format("YYYY-MM-DD");
  const query = { from: dayjs(from).toISOString(), until: dayjs(until).add(1, "day").toISOString() };
  const entries = api.useInfiniteQuery("get", "/v1/supplier/payables/statement", { params: { query } }, BY_CURSOR);
  const csv = () => saveCsv("/v1/supplier/payables/statement", query, `payables-${from}-${until}.csv`);
  const xlsx = () => saveFile(`/v1/supplier/payables/statement.xlsx?${new URLSearchParams(query)}`, `payables-${from}-${until}.xlsx`).catch(say.failed);
  return (
    <Card size="small" title={t("portal.money.statement")}>
      <Flex vertical gap="middle">
        <Flex gap="small" wrap role="search" aria-label={t("portal.filters")}>
          <DatePicker.RangePicker
            aria-label={t("portal.money.period")}
            allowClear={false}
            value={[dayjs(from), dayjs(until)]}
            onChange={(days) => days?.[0] && days[1] && setSearch({ from: days[0].format("YYYY-MM-DD"), until: days[1].format("YYYY-MM-DD") }, { replace: true })}
          />
          <Button icon={<DownloadOutlined aria-hidden />} onClick={() => void csv()}>{t("list.csv")}</Button>
          <Button icon={<DownloadOutlined aria-hidden />} onClick={() => void xlsx()}>{t("portal.money.xlsx")}</Button>
          <PaperButton path={`/v1/supplier/payables/statement.pdf?${new URLSearchParams(query)}`} title={t("portal.money.pdf")} icon={<FilePdfOutlined aria-hidden />} />
        </Flex>
        <CursorTable query={entries} columns={useEntryColumns()} rowKey={({ shop_id, transfer_id }) => `${shop_id} ${transfer_id}`} empty={t("portal.money.no_entry")} width={320} />
      </Flex>
    </Card>
  );
}

function useEntryColumns(): TableColumnsType<Entry> {
  const { t } = useTranslation();
  const shopName = useShopNames();
  const word = useWords();
  const forms = useSupplierForms();
  return [
    { title: t("portal.money.at"), render: (_, row) => forms.instant(row.at) },
    { title: t("portal.disputes.shop"), responsive: ["md"], render: (_, row) => shopName(row.shop_id) },
    { title: t("portal.money.cause"), render: (_, row) => [word("entry", row.cause), row.charge && word("charge", row.charge)].filter(Boolean).join(" · ") },
    { title: t("portal.money.of"), responsive: ["md"], render: (_, row) => row.reference ?? row.waybill ?? (row.fulfilment_id ? `#${row.fulfilment_id}` : "–") },
    { title: t("portal.amount"), align: "end", render: (_, row) => forms.money(row.amount) },
  ];
}
