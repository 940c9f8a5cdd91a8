import { Button, Form, Input, Modal, Radio } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useWords } from "../../texts/use";
import type { Act } from "./Answers";

const REASONS = ["out_of_stock", "invalid_address", "unserviceable_destination", "item_unknown", "other"] as const;
/** Where the reason alone does not tell the seller what to mend. */
const WANT_A_NOTE = new Set<string>(["invalid_address", "other"]);

interface Answer {
  code: (typeof REASONS)[number];
  note?: string;
}

/** Refusing all that were chosen, with one reason, and what is to be mended where that says too little. */
export function Reject({ count, send }: { count: number; send: (act: (id: number) => Act) => void }) {
  const { t } = useTranslation();
  const word = useWords();
  const [open, setOpen] = useState(false);
  const [form] = Form.useForm<Answer>();
  const code = Form.useWatch("code", form) ?? "out_of_stock";
  const wanted = WANT_A_NOTE.has(code);
  const refuse = (answer: Answer) => {
    setOpen(false);
    send((id) => ({ action: "reject", id, code: answer.code, note: answer.note?.trim() || null }));
  };
  return (
    <>
      <Button danger size="large" disabled={count === 0} onClick={() => setOpen(true)}>{t("supplier.reject")}</Button>
      <Modal open={open} title={t("portal.today.reject", { count })} okText={t("supplier.reject")} okButtonProps={{ danger: true }} onCancel={() => setOpen(false)} onOk={() => form.submit()} destroyOnHidden>
        <Form<Answer> form={form} layout="vertical" preserve={false} requiredMark={false} initialValues={{ code: "out_of_stock" }} onFinish={refuse}>
          <Form.Item name="code" label={t("supplier.reason")}>
            <Radio.Group vertical options={REASONS.map((value) => ({ value, label: word("rejection", value) }))} />
          </Form.Item>
          <Form.Item name="note" label={t(code === "invalid_address" ? "portal.today.address_note" : "portal.today.note")} rules={[{ required: wanted, whitespace: true, message: t("mappings.wanted") }]}>
            <Input.TextArea rows={2} maxLength={500} />
          </Form.Item>
        </Form>
      </Modal>
    </>
  );
}
