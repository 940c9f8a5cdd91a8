import { Alert, Button, DatePicker, Form, Input, Modal, Select } from "antd";
import type { Dayjs } from "dayjs";
import dayjs from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { useBusinessNow } from "../../pieces/BusinessTime";
import { useTold } from "../../pieces/told";
import { Alternatives, type Alternative } from "./Alternatives";

interface Said {
  leaves_at: Dayjs;
  shops?: number[];
  alternatives?: Alternative[];
  name: string;
}

/** 解约通知: the warehouse leaves shops on a day; the notice is its signature. Source: EXIT-3. */
export function GiveNotice() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [form] = Form.useForm<Said>();
  const now = useBusinessNow(60_000);
  const bound = api.useQuery("get", "/v1/supplier/bindings", { params: { query: { state: "active", limit: 200 } } }, { enabled: open });
  const give = api.useMutation("post", "/v1/supplier/departures", useTold(t("portal.parting.given"), () => setOpen(false)));
  const shops = bound.data?.items.map((each) => ({ value: each.shop_id, label: each.shop_name ?? t("portal.shop", { id: each.shop_id }) }));
  const send = ({ leaves_at, shops: named, alternatives = [], name }: Said) =>
    give.mutate({
      body: {
        leaves_at: leaves_at.toISOString(),
        name: name.trim(),
        shops: named?.length ? named : null,
        alternatives: alternatives.map(({ supplier_sku, note }) => ({ supplier_sku: supplier_sku.trim(), note: note?.trim() || null })),
      },
    });
  const wanted = [{ required: true, message: t("mappings.wanted") }];
  return (
    <>
      <Button danger onClick={() => setOpen(true)}>{t("portal.parting.give")}</Button>
      <Modal open={open} title={t("portal.parting.give")} okText={t("portal.parting.sign")} okButtonProps={{ danger: true }} onCancel={() => setOpen(false)} onOk={() => form.submit()} confirmLoading={give.isPending} destroyOnHidden>
        <Form<Said> form={form} layout="vertical" preserve={false} requiredMark={false} onFinish={send}>
          <Alert type="info" showIcon title={t("portal.parting.give_means")} style={{ marginBottom: 16 }} />
          <Form.Item name="leaves_at" label={t("portal.parting.leaves_at")} rules={wanted}>
            <DatePicker showTime={{ format: "HH:mm" }} format="YYYY-MM-DD HH:mm" minDate={dayjs(now)} style={{ width: 220 }} />
          </Form.Item>
          <Form.Item name="shops" label={t("portal.parting.shops")} extra={t("portal.parting.all_shops")}>
            <Select mode="multiple" allowClear options={shops} loading={bound.isPending} showSearch={{ optionFilterProp: "label" }} />
          </Form.Item>
          <Alternatives />
          <Form.Item name="name" label={t("portal.parting.name")} rules={[{ required: true, whitespace: true, message: t("mappings.wanted") }]}><Input autoComplete="name" maxLength={100} /></Form.Item>
        </Form>
      </Modal>
    </>
  );
}
