import { useQueryClient } from "@tanstack/react-query";
import { App, Badge, Button, Card, DatePicker, Form, Input, Modal, Select } from "antd";
import type { Dayjs } from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../api/client";
import { useBusinessNow } from "../pieces/BusinessTime";
import { CursorTable } from "../pieces/CursorTable";
import { Page } from "../pieces/Page";
import { BY_CURSOR } from "../pieces/paged";
import { useSay } from "../pieces/say";
import { useWords } from "../texts/use";
import { useMay } from "./may";
import { useSupplierNames } from "./supplier_names";
import { useDeskForms } from "./zone";

type Exemption = Schemas["ExemptionOut"];
const REASONS = ["festival", "storm", "strike", "other"] as const;

/** Times in which clocks of suppliers stand: declared, and ended. */
export function Component() {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useDeskForms();
  const supplierName = useSupplierNames();
  const may = useMay();
  const [declaring, setDeclaring] = useState(false);
  const exemptions = api.useInfiniteQuery("get", "/v1/exemptions", { params: { query: {} } }, { ...BY_CURSOR, refetchInterval: 60_000 });
  return (
    <Page title={t("menu.desk_exemptions")} hint={t("desk.exemptions_hint")} actions={may("suppliers.write") && <Button type="primary" onClick={() => setDeclaring(true)}>{t("desk.declare")}</Button>}>
      <Card size="small">
        <CursorTable
          query={exemptions}
          rowKey={({ id }) => id}
          empty={t("desk.no_exemptions")}
          width={800}
          columns={[
            { title: t("desk.cause"), render: (_, row) => word("exemption", row.reason) },
            { title: t("desk.region"), render: (_, row) => row.region ?? row.suppliers.map(supplierName).join(", ") },
            { title: t("desk.from"), render: (_, row) => forms.instant(row.since) },
            { title: t("desk.until"), render: (_, row) => forms.instant(row.until) },
            { title: t("orders.state"), render: (_, row) => <Running it={row} /> },
            { title: t("exit.note"), render: (_, row) => row.note ?? "–" },
            { title: t("suppliers.acts"), render: (_, row) => may("suppliers.write") && <End it={row} /> },
          ]}
        />
      </Card>
      <Declare open={declaring} close={() => setDeclaring(false)} />
    </Page>
  );
}

function useStands({ since, until, ended_at }: Exemption): "ahead" | "running" | "ended" {
  const now = useBusinessNow(30_000).getTime();
  if (ended_at !== null || Date.parse(until) <= now) return "ended";
  return Date.parse(since) > now ? "ahead" : "running";
}

function Running({ it }: { it: Exemption }) {
  const { t } = useTranslation();
  const stands = useStands(it);
  return <Badge status={stands === "running" ? "processing" : "default"} text={t(`desk.${stands}`)} />;
}

function End({ it }: { it: Exemption }) {
  const { t } = useTranslation();
  const say = useSay();
  const { modal } = App.useApp();
  const queries = useQueryClient();
  const stands = useStands(it);
  const end = api.useMutation("post", "/v1/exemptions/{exemption_id}/end", { onError: say.failed, onSuccess: () => queries.invalidateQueries() });
  if (stands === "ended") return null;
  const ask = async () => {
    const sure = await modal.confirm({ title: t("desk.end_sure") });
    if (sure) end.mutate({ params: { path: { exemption_id: it.id } }, body: { at: stands === "ahead" ? it.since : null } });
  };
  return <Button size="small" loading={end.isPending} onClick={() => void ask()}>{t("desk.end")}</Button>;
}

interface Entered {
  reason: Schemas["ExemptionIn"]["reason"];
  region?: string;
  suppliers?: number[];
  time: [Dayjs, Dayjs];
  note?: string;
}

function Declare({ open, close }: { open: boolean; close: () => void }) {
  const { t } = useTranslation();
  const word = useWords();
  const say = useSay();
  const queries = useQueryClient();
  const [form] = Form.useForm<Entered>();
  const suppliers = api.useQuery("get", "/v1/suppliers", { params: { query: { limit: 200 } } }, { staleTime: 300_000 });
  const declare = api.useMutation("post", "/v1/exemptions", {
    onError: say.failed,
    onSuccess: async () => {
      close();
      await queries.invalidateQueries();
    },
  });
  const send = ({ reason, region, suppliers: named, time, note }: Entered) =>
    declare.mutate({ body: { reason, region: region || null, suppliers: named ?? [], since: time[0].toISOString(), until: time[1].toISOString(), note: note || null } });
  return (
    <Modal open={open} title={t("desk.declare")} onCancel={close} onOk={() => form.submit()} confirmLoading={declare.isPending} destroyOnHidden closable={{ "aria-label": t("list.close") }}>
      <Form<Entered> form={form} layout="vertical" preserve={false} requiredMark={false} onFinish={send} initialValues={{ reason: "festival" }}>
        <Form.Item name="reason" label={t("desk.cause")}><Select options={REASONS.map((value) => ({ value, label: word("exemption", value) }))} /></Form.Item>
        <Form.Item name="region" label={t("desk.region")} extra={t("desk.region_hint")}><Input maxLength={6} /></Form.Item>
        <Form.Item name="suppliers" label={t("desk.supplier")}>
          <Select mode="multiple" allowClear optionFilterProp="label" options={suppliers.data?.items.map(({ id, name }) => ({ value: id, label: name }))} />
        </Form.Item>
        <Form.Item name="time" label={`${t("desk.from")} – ${t("desk.until")}`} rules={[{ required: true, message: t("desk.time_wanted") }]}><DatePicker.RangePicker allowClear={false} showTime={{ format: "HH:mm" }} format="YYYY-MM-DD HH:mm" style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="note" label={t("exit.note")}><Input.TextArea rows={2} maxLength={2000} /></Form.Item>
      </Form>
    </Modal>
  );
}
