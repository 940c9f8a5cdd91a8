import { Button, Col, Form, Input, Modal, Row, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { usePolicyInForce } from "../../pieces/policy";
import { useTold } from "../../pieces/told";
import { ofBoth, useWords } from "../../texts/use";
import { useShop } from "../shops";
import type { Order } from "./columns";

type Entered = Schemas["ShipToIn"] & Pick<Schemas["CorrectionIn"], "fault" | "note">;
const FAULTS = ["buyer", "seller", "channel", "supplier", "carrier", "unknown"] as const;
const FIELDS: readonly (readonly [keyof Schemas["ShipToIn"], number, boolean])[] = [
  ["name", 12, true], ["phone", 12, false], ["line1", 24, true], ["line2", 24, false],
  ["city", 12, true], ["region", 12, false], ["postcode", 8, false],
];

/** 更正地址: until the order's first label. What is emptied is said no more. */
export function CorrectAddress({ order }: { order: Order }) {
  const { t } = useTranslation();
  const word = useWords();
  const shop = useShop();
  const [open, setOpen] = useState(false);
  const [form] = Form.useForm<Entered>();
  const policy = usePolicyInForce();
  const put = api.useMutation("put", "/v1/shops/{shop_id}/orders/{order_id}/ship_to", useTold(t("ship_to.saved"), () => setOpen(false)));
  const send = ({ fault, note, ...entered }: Entered) => {
    const ship_to = Object.fromEntries(Object.entries(entered).map(([name, text]) => [name, text?.trim() || null])) as unknown as Schemas["ShipToIn"];
    put.mutate({ params: { path: { shop_id: shop.id, order_id: order.id } }, body: { ship_to, fault: fault ?? "unknown", note: note?.trim() || null } });
  };
  if (order.ship_to === null) return null;
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t("ship_to.correct")}</Button>
      <Modal open={open} title={t("ship_to.title")} onCancel={() => setOpen(false)} onOk={() => form.submit()} confirmLoading={put.isPending} destroyOnHidden width={640}>
        <p className="secondary">{t("ship_to.means")}</p>
        <Form<Entered> form={form} layout="vertical" preserve={false} requiredMark={false} onFinish={send} initialValues={{ ...order.ship_to, fault: "buyer" }}>
          <Row gutter={16}>
            {FIELDS.map(([name, span, wanted]) => (
              <Col xs={24} sm={span} key={name}>
                <Form.Item name={name} label={t(`ship_to.${name}`)} rules={wanted ? [{ required: true, message: t("ship_to.wanted") }] : []}><Input autoComplete="off" maxLength={200} /></Form.Item>
              </Col>
            ))}
            <Col xs={24} sm={16}>
              <Form.Item name="country" label={t("ship_to.country")} rules={[{ required: true, message: t("ship_to.wanted") }]}>
                <Select showSearch={{ optionFilterProp: "label" }} options={policy?.countries.map(({ code, names }) => ({ value: code, label: `${ofBoth(names)} ${code}` }))} />
              </Form.Item>
            </Col>
            <Col xs={24} sm={12}><Form.Item name="email" label={t("ship_to.email")}><Input autoComplete="off" inputMode="email" /></Form.Item></Col>
            <Col xs={24} sm={12}>
              <Form.Item name="fault" label={t("ship_to.fault")}><Select options={FAULTS.map((value) => ({ value, label: word("address_fault", value) }))} /></Form.Item>
            </Col>
            <Col span={24}><Form.Item name="note" label={t("ship_to.note")}><Input maxLength={500} /></Form.Item></Col>
          </Row>
        </Form>
      </Modal>
    </>
  );
}
