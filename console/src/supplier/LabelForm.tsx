import { useQueryClient } from "@tanstack/react-query";
import { Button, Flex, Form, Input, InputNumber, Modal, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../api/client";
import { useSay } from "../pieces/say";
import { ofBoth } from "../texts/use";
import type { Part } from "./TodayPage";

const SIZES = ["weight_g", "length_mm", "width_mm", "height_mm"] as const;

/** The parcel's waybill, weight and size, as it lies on the packing table. */
export function LabelForm({ part }: { part: Part }) {
  const { t } = useTranslation();
  const say = useSay();
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const [form] = Form.useForm<Schemas["LabelIn"]>();
  const label = api.useMutation("post", "/v1/supplier/fulfilments/{fulfilment_id}/labelled", {
    onError: say.failed,
    onSuccess: async () => {
      setOpen(false);
      say.done(t("supplier.labelled"));
      await queries.invalidateQueries();
    },
  });
  const wanted = [{ required: true, message: t("mappings.wanted") }];
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t("supplier.label")}</Button>
      <Modal open={open} title={t("supplier.label_of", { id: part.id })} onCancel={() => setOpen(false)} onOk={() => form.submit()} confirmLoading={label.isPending} destroyOnHidden>
        <Form<Schemas["LabelIn"]>
          form={form}
          layout="vertical"
          preserve={false}
          requiredMark={false}
          onFinish={(body) => label.mutate({ params: { path: { fulfilment_id: part.id } }, body })}
        >
          <Form.Item name="carrier" label={t("supplier.carrier")} rules={wanted}><Carrier /></Form.Item>
          <Form.Item name="waybill" label={t("supplier.waybill")} rules={wanted}><Input autoComplete="off" /></Form.Item>
          <Flex gap="middle" wrap>
            {SIZES.map((size) => (
              <Form.Item key={size} name={size} label={t(`supplier.${size}`)} rules={wanted}><InputNumber min={1} precision={0} style={{ width: 110 }} /></Form.Item>
            ))}
          </Flex>
        </Form>
      </Modal>
    </>
  );
}

function Carrier(props: { value?: string; onChange?: (code: string) => void; id?: string }) {
  const policies = api.useQuery("get", "/v1/policies", { params: { query: {} } }, { staleTime: Infinity });
  const version = policies.data?.items.find(({ in_force_until }) => in_force_until === null)?.version ?? "";
  const policy = api.useQuery("get", "/v1/policies/{version}", { params: { path: { version } } }, { enabled: version !== "", staleTime: Infinity });
  const options = policy.data?.carriers.map(({ code, names }) => ({ value: code, label: ofBoth(names) }));
  return <Select {...props} options={options} loading={policy.isPending} showSearch={{ optionFilterProp: "label" }} />;
}
