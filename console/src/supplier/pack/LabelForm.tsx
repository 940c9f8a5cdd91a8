import { useQueryClient } from "@tanstack/react-query";
import { Button, Form, Input, InputNumber } from "antd";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { useSay } from "../../pieces/say";
import { Carrier } from "../Carrier";
import type { Part } from "../place";

const SIZES = ["weight_g", "length_mm", "width_mm", "height_mm"] as const;

/** The parcel's waybill, weight and size, as it lies on the packing table; Enter goes on to the next field, as a scanner does. */
export function LabelForm({ part, done }: { part: Part; done: () => void }) {
  const { t } = useTranslation();
  const say = useSay();
  const queries = useQueryClient();
  const [form] = Form.useForm<Schemas["LabelIn"]>();
  const label = api.useMutation("post", "/v1/supplier/fulfilments/{fulfilment_id}/labelled", {
    onError: say.failed,
    onSuccess: async () => {
      say.done(t("supplier.labelled"));
      await queries.invalidateQueries();
      done();
    },
  });
  const wanted = [{ required: true, message: t("mappings.wanted") }];
  const onward = (event: React.KeyboardEvent) => {
    event.preventDefault();
    form.getFieldInstance("weight_g")?.focus();
  };
  return (
    <Form<Schemas["LabelIn"]>
      form={form}
      layout="vertical"
      requiredMark={false}
      aria-label={t("supplier.label_of", { id: part.id })}
      onFinish={(body) => label.mutate({ params: { path: { fulfilment_id: part.id } }, body })}
    >
      <Form.Item name="carrier" label={t("supplier.carrier")} rules={wanted}><Carrier /></Form.Item>
      <Form.Item name="waybill" label={t("supplier.waybill")} rules={wanted}><Input size="large" autoComplete="off" onPressEnter={onward} /></Form.Item>
      <div className="sizes">
        {SIZES.map((size) => (
          <Form.Item key={size} name={size} label={t(`supplier.${size}`)} rules={wanted}><InputNumber size="large" min={1} precision={0} controls={false} style={{ width: "100%" }} /></Form.Item>
        ))}
      </div>
      <Button type="primary" size="large" htmlType="submit" loading={label.isPending} block>{t("supplier.label")}</Button>
    </Form>
  );
}
