import { DownloadOutlined } from "@ant-design/icons";
import { Button, Card, Flex, Select } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { useWord } from "../../pieces/address";
import { CursorTable } from "../../pieces/CursorTable";
import { useCsv } from "../../pieces/csv";
import { BY_CURSOR } from "../../pieces/paged";
import { SaveButton } from "../../pieces/SaveButton";
import { useShop, useShopForms } from "../shops";

const HORIZONS = [7, 14, 28, 60, 90] as const;
const LEVELS = [0.8, 0.9, 0.95, 0.99] as const;

/** What to have in one's own warehouse, product by product: enough for so many days with such a probability. */
export function StockPlan() {
  const { t } = useTranslation();
  const shop = useShop();
  const forms = useShopForms();
  const saveCsv = useCsv();
  const [horizon, setHorizon] = useWord("horizon");
  const [level, setLevel] = useWord("level");
  const asked = { horizon: horizon ? Number(horizon) : undefined, service_level: level ? Number(level) : undefined };
  const path = { shop_id: shop.id };
  const found = api.useInfiniteQuery("get", "/v1/shops/{shop_id}/stock_plan", { params: { path, query: { ...asked, limit: 50 } } }, BY_CURSOR);
  const first = found.data?.pages[0];
  const whole = new URLSearchParams(Object.entries({ horizon, service_level: level }).filter((each): each is [string, string] => each[1] !== undefined));
  const save = () => saveCsv(`/v1/shops/${shop.id}/stock_plan`, { horizon, service_level: level }, "stock_plan.csv");
  return (
    <Card size="small" title={t("plan.stock")} extra={<Flex gap="small"><Button size="small" icon={<DownloadOutlined aria-hidden />} onClick={() => void save()}>CSV</Button><SaveButton path={`/v1/shops/${shop.id}/stock_plan.xlsx?${whole}`} name="stock_plan.xlsx" label="XLSX" /></Flex>}>
      <Flex vertical gap="middle">
        <Flex gap="small" wrap>
          <Select
            aria-label={t("plan.horizon")}
            style={{ minWidth: 150 }}
            value={asked.horizon ?? first?.horizon_days}
            placeholder={t("plan.horizon")}
            options={HORIZONS.map((value) => ({ value, label: t("plan.for_days", { count: value }) }))}
            onChange={(value) => setHorizon(String(value))}
          />
          <Select
            aria-label={t("plan.level")}
            style={{ minWidth: 170 }}
            value={asked.service_level ?? first?.service_level}
            placeholder={t("plan.level")}
            options={LEVELS.map((value) => ({ value, label: t("plan.with_level", { percent: Math.round(value * 100) }) }))}
            onChange={(value) => setLevel(String(value))}
          />
        </Flex>
        {first && <small className="secondary">{t("plan.stock_basis", { since: first.since, until: first.until })}</small>}
        <CursorTable
          query={found}
          rowKey={(row) => row.sku}
          empty={t("plan.stock_none")}
          width={640}
          columns={[
            { title: "SKU", render: (_, row) => <><code>{row.sku}</code><div><small>{row.title}</small></div></> },
            { title: t("plan.quantity"), align: "end", dataIndex: "quantity" },
            { title: t("plan.available"), align: "end", dataIndex: "available" },
            { title: t("plan.missing"), align: "end", render: (_, row) => (row.missing > 0 ? <strong>{row.missing}</strong> : row.missing) },
            { title: t("plan.demand"), align: "end", render: (_, row) => forms.number(row.demand_a_day) },
            { title: t("plan.sold_days"), align: "end", dataIndex: "sold_days" },
          ]}
        />
      </Flex>
    </Card>
  );
}
