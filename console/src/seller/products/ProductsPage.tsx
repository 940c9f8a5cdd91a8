import { Button, Card } from "antd";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { Page } from "../../pieces/Page";
import { TabRow } from "../../pieces/TabRow";
import { useMay, useShop } from "../shops";
import { Calibrations } from "./Calibrations";
import { ProductExits } from "./ProductExits";
import { Products } from "./Products";

export function Component() {
  const { t } = useTranslation();
  const shop = useShop();
  const may = useMay();
  const [search, setSearch] = useSearchParams();
  const tabs = [
    { key: "all", label: t("products.all"), Inside: Products },
    { key: "exits", label: t("products.exits"), Inside: ProductExits },
    { key: "calibrations", label: t("products.calibrations"), Inside: Calibrations },
  ];
  const { key, Inside } = tabs.find((each) => each.key === search.get("tab")) ?? { key: "all", Inside: Products };
  return (
    <Page
      title={t("menu.products")}
      hint={shop.name}
      actions={may("products.write") && <Button type="primary" onClick={() => setSearch({ product: "new" })}>{t("product.add")}</Button>}
    >
      <Card size="small">
        <TabRow active={key} onChange={(tab) => setSearch({ tab }, { replace: true })} items={tabs.map(({ key: tab, label }) => ({ key: tab, label }))} />
        <Inside />
      </Card>
    </Page>
  );
}
