import { useQueryClient } from "@tanstack/react-query";
import { Form, Input, InputNumber, Modal, Select } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { useSay } from "../../pieces/say";
import { useShop } from "../shops";
import type { Mapping } from "./MappingsPage";

interface Entered {
  sku: string;
  supplier_id: number;
  supplier_sku: string;
  units: number;
  priority: number;
}

/** This SKU of the shop is that item of that supplier: a new one, or another word on one that there is. */
export function MappingForm({ mapping, close }: { mapping: Mapping | "new" | null; close: () => void }) {
  const { t } = useTranslation();
  const shop = useShop();
  const say = useSay();
  const queries = useQueryClient();
  const [form] = Form.useForm<Entered>();
  const suppliers = api.useQuery("get", "/v1/suppliers", { params: { query: { limit: 200 } } }, { staleTime: 300_000 });
  const put = api.useMutation("put", "/v1/shops/{shop_id}/mappings/{sku}", {
    onError: say.failed,
    onSuccess: async () => {
      close();
      await queries.invalidateQueries();
    },
  });
  const before = mapping === "new" || mapping === null ? null : mapping;
  const send = ({ sku, ...rest }: Entered) =>
    put.mutate({ params: { path: { shop_id: shop.id, sku } }, body: { ...rest, supply_price: before?.supply_price ?? null } });
  const wanted = [{ required: true, message: t("mappings.wanted") }];
  return (
    <Modal
      open={mapping !== null}
      title={t(before ? "mappings.edit" : "mappings.add")}
      onCancel={close}
      onOk={() => form.submit()}
      confirmLoading={put.isPending}
      destroyOnHidden
    >
      <Form<Entered> form={form} layout="vertical" preserve={false} onFinish={send} initialValues={before ?? { units: 1, priority: 1 }} requiredMark={false}>
        <Form.Item name="sku" label="SKU" rules={wanted}><Input disabled={before !== null} /></Form.Item>
        <Form.Item name="supplier_id" label={t("orders.supplier")} rules={wanted}>
          <Select disabled={before !== null} options={suppliers.data?.items.map(({ id, name }) => ({ value: id, label: name }))} />
        </Form.Item>
        <Form.Item name="supplier_sku" label={t("mappings.item")} rules={wanted}><Input /></Form.Item>
        <Form.Item name="units" label={t("mappings.units")} rules={wanted}><InputNumber min={1} precision={0} /></Form.Item>
        <Form.Item name="priority" label={t("mappings.priority")} extra={t("mappings.priority_hint")} rules={wanted}><InputNumber min={1} precision={0} /></Form.Item>
      </Form>
    </Modal>
  );
}
