import { Button, Checkbox, Col, Drawer, Flex, Form, Input, InputNumber, Popconfirm, Row, Segmented, Select } from "antd";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { Failure } from "../../pieces/Failure";
import { Section } from "../../pieces/Section";
import { useTold } from "../../pieces/told";
import { Waiting } from "../../pieces/Waiting";
import { useWords } from "../../texts/use";
import { useMay, useShop } from "../shops";

type Product = Schemas["ProductOut"];
type Goods = NonNullable<Schemas["ProductIn"]["goods"]>;
type Entered = Omit<Schemas["ProductIn"], "price" | "goods"> & {
  sku: string;
  price: string;
  goods?: Omit<Goods, "declared_value"> & { declared_value?: string | null };
};
const MODES = ["standard", "jit"] as const;
const SIZES = ["length_mm", "width_mm", "height_mm", "weight_g"] as const;
const BATTERIES = ["in_equipment", "with_equipment", "alone"] as const;
const CELLS = ["lithium_ion", "lithium_metal", "sodium_ion"] as const;

/** A product's form from the side: a new one, or all that is said of one, customs included. */
export function ProductForm({ sku, close }: { sku: string | undefined; close: () => void }) {
  const { t } = useTranslation();
  return (
    <Drawer
      open={sku !== undefined}
      onClose={close}
      size="min(640px, 100vw)"
      title={sku === "" || sku === "new" ? t("product.add") : t("product.edit", { sku })}
      closable={{ "aria-label": t("list.close") }}
      destroyOnHidden
    >
      {sku === "new" && <Fields product={null} close={close} />}
      {sku !== undefined && sku !== "new" && <Known sku={sku} close={close} />}
    </Drawer>
  );
}

function Known({ sku, close }: { sku: string; close: () => void }) {
  const shop = useShop();
  const found = api.useQuery("get", "/v1/shops/{shop_id}/products/{sku}", { params: { path: { shop_id: shop.id, sku } } });
  if (found.isPending) return <Waiting />;
  if (found.error) return <Failure error={found.error} retry={() => void found.refetch()} />;
  return <Fields product={found.data} close={close} />;
}

function Fields({ product, close }: { product: Product | null; close: () => void }) {
  const { t } = useTranslation();
  const word = useWords();
  const shop = useShop();
  const may = useMay()("products.write");
  const put = api.useMutation("put", "/v1/shops/{shop_id}/products/{sku}", useTold(t("product.saved"), close));
  const send = ({ sku, price, goods, ...rest }: Entered) =>
    put.mutate({
      params: { path: { shop_id: shop.id, sku } },
      body: { ...rest, price: { amount: price, currency: shop.currency }, goods: goodsOf(goods, shop.currency) },
    });
  const wanted = [{ required: true, message: t("product.wanted") }];
  return (
    <Form<Entered> layout="vertical" requiredMark={false} disabled={!may} onFinish={send} initialValues={product ? enteredOf(product) : { mode: "standard" }}>
      <Row gutter={16}>
        <Col xs={24} sm={12}><Form.Item name="sku" label="SKU" rules={wanted}><Input maxLength={128} disabled={product !== null || !may} /></Form.Item></Col>
        <Col xs={24} sm={12}>
          <Form.Item name="mode" label={t("products.mode")}><Segmented options={MODES.map((value) => ({ value, label: word("mode", value) }))} /></Form.Item>
        </Col>
        <Col xs={24} sm={16}><Form.Item name="title" label={t("products.title")} rules={wanted}><Input maxLength={500} /></Form.Item></Col>
        <Col xs={24} sm={8}>
          <Form.Item name="price" label={t("grid.price", { currency: shop.currency })} rules={wanted}><InputNumber<string> stringMode min="0.01" style={{ width: "100%" }} /></Form.Item>
        </Col>
      </Row>
      <Section title={t("product.shipping")}>
        <Row gutter={16}>
          {SIZES.map((name) => (
            <Col xs={12} sm={6} key={name}><Form.Item name={name} label={t(`grid.${name}`)} rules={wanted}><InputNumber min={1} precision={0} style={{ width: "100%" }} /></Form.Item></Col>
          ))}
        </Row>
      </Section>
      <Customs product={product} />
      {may && (
        <Flex gap="small" wrap>
          <Button type="primary" htmlType="submit" loading={put.isPending}>{t("product.save")}</Button>
          {product?.mode === "jit" && <Leave sku={product.sku} close={close} />}
        </Flex>
      )}
    </Form>
  );
}

/** What it is declared as at customs, and what keeps it off some lines. */
function Customs({ product }: { product: Product | null }) {
  const { t } = useTranslation();
  const word = useWords();
  const shop = useShop();
  return (
    <Section title={t("product.customs")}>
      <Row gutter={16}>
        <Col xs={24} sm={12}><Form.Item name={["goods", "customs_name"]} label={t("product.customs_name")}><Input maxLength={200} /></Form.Item></Col>
        <Col xs={12} sm={6}><Form.Item name={["goods", "hs_code"]} label={t("product.hs_code")} rules={[{ pattern: /^\d{6,10}$/, message: t("product.hs_code_fault") }]}><Input inputMode="numeric" maxLength={10} /></Form.Item></Col>
        <Col xs={12} sm={6}><Form.Item name={["goods", "origin"]} label={t("product.origin")} rules={[{ pattern: /^[A-Z]{2}$/, message: t("product.origin_fault") }]}><Input maxLength={2} /></Form.Item></Col>
        <Col xs={24} sm={12}><Form.Item name={["goods", "declared_value"]} label={t("product.declared_value", { currency: shop.currency })}><InputNumber<string> stringMode min="0.01" style={{ width: "100%" }} /></Form.Item></Col>
        <Col xs={12} sm={6}>
          <Form.Item name={["goods", "battery"]} label={t("product.battery")} extra={product?.goods?.un_number && t("product.un_number", { number: product.goods.un_number })}>
            <Select allowClear placeholder={t("product.no_battery")} options={BATTERIES.map((value) => ({ value, label: word("battery", value) }))} />
          </Form.Item>
        </Col>
        <Col xs={12} sm={6}>
          <Form.Item name={["goods", "cell"]} label={t("product.cell")}><Select allowClear options={CELLS.map((value) => ({ value, label: word("cell", value) }))} /></Form.Item>
        </Col>
      </Row>
      <Flex gap="large">
        <Form.Item name={["goods", "liquid"]} valuePropName="checked"><Checkbox>{t("product.liquid")}</Checkbox></Form.Item>
        <Form.Item name={["goods", "magnetic"]} valuePropName="checked"><Checkbox>{t("product.magnetic")}</Checkbox></Form.Item>
      </Flex>
    </Section>
  );
}

/** The product leaves JIT alone: its mode and its mappings at once. Source: PART-1. */
function Leave({ sku, close }: { sku: string; close: () => void }) {
  const { t } = useTranslation();
  const shop = useShop();
  const leave = api.useMutation("post", "/v1/shops/{shop_id}/products/{sku}/exit", useTold(t("product.left"), close));
  return (
    <Popconfirm title={t("product.leave_sure")} styles={{ root: { maxWidth: 320 } }} onConfirm={() => leave.mutate({ params: { path: { shop_id: shop.id, sku } } })}>
      <Button danger loading={leave.isPending}>{t("product.leave")}</Button>
    </Popconfirm>
  );
}

function enteredOf({ sku, title, mode, length_mm, width_mm, height_mm, weight_g, price, goods }: Product): Entered {
  const { un_number: _, declared_value, ...said } = goods ?? {};
  return { sku, title, mode, length_mm, width_mm, height_mm, weight_g, price: price.amount, goods: { liquid: false, magnetic: false, ...said, declared_value: declared_value?.amount ?? null } };
}

/** What is said of the goods; a field that was emptied says nothing. */
function goodsOf(entered: Entered["goods"], currency: string): Goods {
  const { declared_value, liquid, magnetic, ...words } = entered ?? {};
  const said = Object.fromEntries(Object.entries(words).map(([name, value]) => [name, value || null])) as Partial<Goods>;
  return { ...said, liquid: liquid ?? false, magnetic: magnetic ?? false, declared_value: declared_value ? { amount: declared_value, currency } : null };
}
