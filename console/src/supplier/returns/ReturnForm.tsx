import { Flex, Form, InputNumber, Modal, Radio } from "antd";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { useBusinessNow } from "../../pieces/BusinessTime";
import { useWords } from "../../texts/use";
import type { Part } from "../place";
import { Condition } from "./Condition";
import { useTell } from "./useTell";

const REASONS = ["unwanted", "quality", "wrong_item", "short", "packing", "delay", "other"] as const;

interface Said {
  units: number[];
  reason: (typeof REASONS)[number];
  condition: Schemas["Condition"];
}

/** What has come back without notice: how much of each line, why, and in which condition. */
export function ReturnForm({ part, close }: { part: Part | undefined; close: () => void }) {
  const { t } = useTranslation();
  const word = useWords();
  const now = useBusinessNow();
  const [form] = Form.useForm<Said>();
  const { send, busy } = useTell(close);
  const told = ({ units, reason, condition }: Said) => {
    if (!part) return;
    const lines = part.lines.map(({ sku }, index) => ({ sku, quantity: units[index] ?? 0 })).filter(({ quantity }) => quantity > 0);
    send(part.shop_id, { order_id: part.order_id, lines, reason, requested_at: now.toISOString(), received_at: now.toISOString(), condition });
  };
  const some = { validator: (_: unknown, units?: number[]) => (units?.some((each) => each > 0) ? Promise.resolve() : Promise.reject(new Error(t("mappings.wanted")))) };
  return (
    <Modal open={part !== undefined} title={t("portal.returns.back_of", { id: part?.id ?? "" })} okText={t("portal.returns.tell")} onCancel={close} onOk={() => form.submit()} confirmLoading={busy} destroyOnHidden>
      {part && (
        <Form<Said> form={form} layout="vertical" preserve={false} requiredMark={false} initialValues={{ units: part.lines.map(({ quantity }) => quantity), reason: "unwanted", condition: "sellable" }} onFinish={told}>
          <Form.List name="units" rules={[some]}>
            {(fields, _, { errors }) => (
              <Flex vertical gap="small" style={{ marginBottom: 16 }}>
                {fields.map(({ key, name }) => (
                  <Flex key={key} gap="small" align="center" justify="space-between">
                    <span className="grows"><strong>{part.lines[name]?.sku}</strong><small className="secondary">{part.lines[name]?.supplier_sku}</small></span>
                    <Form.Item name={name} noStyle><InputNumber min={0} max={part.lines[name]?.quantity} precision={0} aria-label={t("portal.returns.units_of", { item: part.lines[name]?.sku })} style={{ width: 90 }} /></Form.Item>
                  </Flex>
                ))}
                <Form.ErrorList errors={errors} />
              </Flex>
            )}
          </Form.List>
          <Form.Item name="reason" label={t("portal.returns.reason")}><Radio.Group vertical options={REASONS.map((value) => ({ value, label: word("return_reason", value) }))} /></Form.Item>
          <Condition />
        </Form>
      )}
    </Modal>
  );
}
