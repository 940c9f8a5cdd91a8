import { useQueryClient } from "@tanstack/react-query";
import { Button, Form, InputNumber, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { calls } from "../../api/client";
import { useMutation } from "@tanstack/react-query";
import { useSay } from "../../pieces/say";
import { useShop } from "../shops";

type Kind = "deposits" | "withdrawals";
type Entered = { amount: string };

/** Money in or out. One form is one booking: sent twice, under its key it is booked once. */
export function Book({ kind }: { kind: Kind }) {
  const { t } = useTranslation();
  const shop = useShop();
  const say = useSay();
  const queries = useQueryClient();
  const [key, setKey] = useState<string | null>(null);
  const [form] = Form.useForm<Entered>();
  const book = useMutation({
    mutationFn: async (amount: string) => {
      const sent = {
        params: { path: { shop_id: shop.id }, header: { "Idempotency-Key": key ?? undefined } },
        body: { amount: { amount, currency: shop.currency } },
      };
      if (kind === "deposits") await calls.POST("/v1/shops/{shop_id}/funds/deposits", sent);
      else await calls.POST("/v1/shops/{shop_id}/funds/withdrawals", sent);
    },
    onError: say.failed,
    onSuccess: async () => {
      say.done(t(`funds.done_${kind}`));
      setKey(null);
      await queries.invalidateQueries();
    },
  });
  return (
    <>
      <Button type={kind === "deposits" ? "primary" : "default"} onClick={() => setKey(newKey())}>{t(`funds.${kind}`)}</Button>
      <Modal open={key !== null} title={t(`funds.${kind}`)} onCancel={() => setKey(null)} onOk={() => form.submit()} confirmLoading={book.isPending} destroyOnHidden>
        <Form<Entered> form={form} layout="vertical" preserve={false} onFinish={({ amount }) => book.mutate(amount)} requiredMark={false}>
          <Form.Item name="amount" label={t("funds.amount_in", { currency: shop.currency })} rules={[{ required: true, message: t("funds.amount_wanted") }]}>
            <InputNumber<string> stringMode min="0.01" precision={2} style={{ width: 220 }} />
          </Form.Item>
        </Form>
      </Modal>
    </>
  );
}

const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((each) => each.toString(16).padStart(2, "0")).join("");
