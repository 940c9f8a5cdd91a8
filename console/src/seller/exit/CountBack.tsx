import { useQueryClient } from "@tanstack/react-query";
import { Button, Form, InputNumber, Space } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { useSay } from "../../pieces/say";
import { useShop } from "../shops";

/** The count of stock that came back. Source: PART-3. */
export function CountBack({ calibration_id }: { calibration_id: number }) {
  const { t } = useTranslation();
  const shop = useShop();
  const say = useSay();
  const queries = useQueryClient();
  const count = api.useMutation("post", "/v1/shops/{shop_id}/calibrations/{calibration_id}", {
    onError: say.failed,
    onSuccess: () => queries.invalidateQueries(),
  });
  const send = ({ counted }: { counted: number }) =>
    count.mutate({ params: { path: { shop_id: shop.id, calibration_id } }, body: { counted } });
  return (
    <Form layout="inline" size="small" onFinish={send}>
      <Space.Compact>
        <Form.Item name="counted" noStyle rules={[{ required: true }]}>
          <InputNumber aria-label={t("exit.counted")} min={0} precision={0} placeholder={t("exit.counted")} />
        </Form.Item>
        <Button htmlType="submit" loading={count.isPending}>{t("exit.count_in")}</Button>
      </Space.Compact>
    </Form>
  );
}
