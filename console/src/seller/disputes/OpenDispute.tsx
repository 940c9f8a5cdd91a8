import { Button, Col, Form, Input, InputNumber, Modal, Row, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { useWord } from "../../pieces/address";
import { useTold } from "../../pieces/told";
import { useWords } from "../../texts/use";
import { useShop } from "../shops";
import { evidenceOf, type Entered as Piece } from "./evidence";
import { EvidenceFields } from "./EvidenceFields";

type Cause = Schemas["DisputeIn"]["cause"];
const CAUSES: readonly Cause[] = ["quality", "wrong_item", "short", "packing", "delay", "lost", "other"];

interface Entered extends Partial<Piece> {
  order_id: number;
  cause: Cause;
  amount: string;
  text?: string;
}

/** 发起纠纷, also long after the shop has left JIT. An order's page leads here with its number in the address. */
export function OpenDispute({ opened }: { opened: (id: number) => void }) {
  const { t } = useTranslation();
  const word = useWords();
  const shop = useShop();
  const [about, setAbout] = useWord("about");
  const [wantsTo, setOpen] = useState(false);
  const open = wantsTo || about !== undefined;
  const [form] = Form.useForm<Entered>();
  const close = () => {
    setOpen(false);
    setAbout(undefined);
  };
  const told = useTold(t("disputes.opened"));
  const send = api.useMutation("post", "/v1/shops/{shop_id}/disputes", told);
  const file = async ({ order_id, cause, amount, text, ...piece }: Entered) => {
    const evidence = piece.file ? [await evidenceOf(piece as Piece)] : [];
    const body = { order_id, cause, claim: { amount, currency: shop.currency }, text: text?.trim() || null, charges: [], evidence };
    send.mutate({ params: { path: { shop_id: shop.id } }, body }, { onSuccess: ({ id }) => { setOpen(false); opened(id); } });
  };
  const wanted = [{ required: true, message: t("disputes.wanted") }];
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>{t("disputes.open")}</Button>
      <Modal open={open} title={t("disputes.open")} okText={t("disputes.send")} onCancel={close} onOk={() => form.submit()} confirmLoading={send.isPending} destroyOnHidden width={600}>
        <Form<Entered> form={form} layout="vertical" preserve={false} requiredMark={false} onFinish={(entered) => void file(entered)} initialValues={{ order_id: Number(about) || undefined }}>
          <Row gutter={16}>
            <Col xs={24} sm={12}>
              <Form.Item name="order_id" label={t("disputes.order_id")} extra={t("disputes.order_hint")} rules={wanted}>
                <InputNumber min={1} precision={0} controls={false} style={{ width: "100%" }} />
              </Form.Item>
            </Col>
            <Col xs={24} sm={12}>
              <Form.Item name="amount" label={t("disputes.claim_in", { currency: shop.currency })} rules={wanted}>
                <InputNumber<string> stringMode min="0.01" precision={2} style={{ width: "100%" }} />
              </Form.Item>
            </Col>
          </Row>
          <Form.Item name="cause" label={t("disputes.cause")} rules={wanted}>
            <Select options={CAUSES.map((value) => ({ value, label: word("fault", value) }))} />
          </Form.Item>
          <Form.Item name="text" label={t("disputes.text")} extra={t("disputes.text_hint")}>
            <Input.TextArea rows={3} maxLength={4000} />
          </Form.Item>
          <EvidenceFields optional />
        </Form>
      </Modal>
    </>
  );
}
