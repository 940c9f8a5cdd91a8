import { Form, Modal } from "antd";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { useBusinessNow } from "../../pieces/BusinessTime";
import { Condition } from "./Condition";
import type { Return } from "./ReturnsPage";
import { useTell } from "./useTell";

/** A return that was expected has come: in which condition. */
export function Received({ expected, close }: { expected: Return | undefined; close: () => void }) {
  const { t } = useTranslation();
  const now = useBusinessNow();
  const [form] = Form.useForm<{ condition: Schemas["Condition"] }>();
  const { send, busy } = useTell(close);
  const told = ({ condition }: { condition: Schemas["Condition"] }) => {
    if (!expected) return;
    const lines = Object.entries(expected.lines).map(([sku, quantity]) => ({ sku, quantity }));
    send(expected.shop_id, { order_id: expected.order_id, lines, reason: expected.reason, requested_at: expected.requested_at, received_at: now.toISOString(), condition });
  };
  return (
    <Modal open={expected !== undefined} title={t("portal.returns.receive_of", { id: expected?.id ?? "" })} okText={t("portal.returns.receive")} onCancel={close} onOk={() => form.submit()} confirmLoading={busy} destroyOnHidden>
      <Form form={form} layout="vertical" preserve={false} requiredMark={false} initialValues={{ condition: "sellable" }} onFinish={told}>
        {expected && Object.entries(expected.lines).map(([sku, units]) => <p key={sku}><strong>{sku}</strong> × {units}</p>)}
        <Condition />
      </Form>
    </Modal>
  );
}
