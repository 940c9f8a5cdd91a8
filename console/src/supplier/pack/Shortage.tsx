import { useQueryClient } from "@tanstack/react-query";
import { Button, Checkbox, Form, Input, Modal, Radio } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { useSay } from "../../pieces/say";
import { useWords } from "../../texts/use";
import type { Part } from "../place";

const REASONS = ["out_of_stock", "damaged", "invalid_address", "unserviceable_destination", "item_unknown", "other"] as const;

/** What was accepted and cannot be packed: which lines, and why. */
export function Shortage({ part }: { part: Part }) {
  const { t } = useTranslation();
  const word = useWords();
  const say = useSay();
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const [form] = Form.useForm<Schemas["ShortageIn"]>();
  const tell = api.useMutation("post", "/v1/supplier/fulfilments/{fulfilment_id}/cannot_fulfil", {
    onError: say.failed,
    onSuccess: async () => {
      setOpen(false);
      await queries.invalidateQueries();
    },
  });
  const lines = part.lines.map(({ line_no, supplier_sku, units }) => ({ value: line_no, label: `${supplier_sku} × ${units}` }));
  return (
    <div style={{ marginTop: 16 }}>
      <Button danger onClick={() => setOpen(true)}>{t("portal.pack.lacks")}</Button>
      <Modal open={open} title={t("portal.pack.lacks_of", { id: part.id })} okText={t("portal.pack.lacks")} okButtonProps={{ danger: true }} onCancel={() => setOpen(false)} onOk={() => form.submit()} confirmLoading={tell.isPending} destroyOnHidden>
        <Form
          form={form}
          layout="vertical"
          preserve={false}
          requiredMark={false}
          initialValues={{ reason: "out_of_stock", lines: lines.map(({ value }) => value) }}
          onFinish={(body) => tell.mutate({ params: { path: { fulfilment_id: part.id } }, body })}
        >
          <Form.Item name="lines" label={t("portal.pack.lines")} rules={[{ required: true, message: t("mappings.wanted") }]}><Checkbox.Group options={lines} /></Form.Item>
          <Form.Item name="reason" label={t("supplier.reason")}><Radio.Group vertical options={REASONS.map((value) => ({ value, label: word("rejection", value) }))} /></Form.Item>
          <Form.Item name="note" label={t("portal.today.note")}><Input.TextArea rows={2} maxLength={500} /></Form.Item>
        </Form>
      </Modal>
    </div>
  );
}
