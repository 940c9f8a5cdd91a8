import { EditOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Button, Flex, Form, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { useTellActs } from "../../pieces/acted";
import { useSay } from "../../pieces/say";
import { useMay } from "../place";

interface Said {
  bin?: string;
  barcode?: string;
}

/** Where an item lies and the barcode on it, and the way to change both. */
export function Place({ shelf }: { shelf: Schemas["ShelfOut"] }) {
  const { t } = useTranslation();
  const say = useSay();
  const tell = useTellActs();
  const may = useMay();
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const [form] = Form.useForm<Said>();
  const put = api.useMutation("put", "/v1/supplier/bins", {
    onError: say.failed,
    onSuccess: async ({ results }) => {
      await tell({ results: results.map((each) => ({ ...each, id: each.supplier_sku })) });
      setOpen(false);
      await queries.invalidateQueries();
    },
  });
  const send = ({ bin, barcode }: Said) => put.mutate({ body: [{ supplier_sku: shelf.supplier_sku, bin: bin?.trim() || null, barcode: barcode?.trim() || null }] });
  const title = t("portal.stock.place_of", { item: shelf.supplier_sku });
  return (
    <Flex align="center">
      <span className="bin">{shelf.bin ?? "–"}</span>
      {may("stock.write") && <Button type="text" icon={<EditOutlined aria-hidden />} aria-label={title} onClick={() => setOpen(true)} />}
      <Modal open={open} title={title} onCancel={() => setOpen(false)} onOk={() => form.submit()} confirmLoading={put.isPending} destroyOnHidden>
        <Form<Said> form={form} layout="vertical" preserve={false} initialValues={{ bin: shelf.bin, barcode: shelf.barcode }} onFinish={send}>
          <Form.Item name="bin" label={t("portal.stock.bin")}><Input autoComplete="off" maxLength={32} /></Form.Item>
          <Form.Item name="barcode" label={t("portal.stock.barcode")}><Input autoComplete="off" maxLength={128} /></Form.Item>
        </Form>
      </Modal>
    </Flex>
  );
}
