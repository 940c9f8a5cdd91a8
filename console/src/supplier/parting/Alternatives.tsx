import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Flex, Form, Input } from "antd";
import { useTranslation } from "react-i18next";

export interface Alternative {
  supplier_sku: string;
  note?: string;
}

/** What could take an item's place, in the warehouse's words: sellers are told. */
export function Alternatives() {
  const { t } = useTranslation();
  const wanted = [{ required: true, whitespace: true, message: t("mappings.wanted") }];
  return (
    <Form.List name="alternatives">
      {(fields, { add, remove }) => (
        <Flex vertical gap="small" style={{ marginBottom: 16 }}>
          {fields.map(({ key, name }) => (
            <Flex key={key} gap="small" align="start">
              <Form.Item name={[name, "supplier_sku"]} rules={wanted} noStyle><Input aria-label={t("portal.parting.item_of", { n: name + 1 })} placeholder={t("portal.stock.item")} maxLength={128} style={{ width: 150 }} /></Form.Item>
              <Form.Item name={[name, "note"]} rules={wanted} noStyle><Input aria-label={t("portal.parting.instead_of", { n: name + 1 })} placeholder={t("portal.parting.instead")} maxLength={500} /></Form.Item>
              <Button type="text" icon={<DeleteOutlined aria-hidden />} aria-label={t("portal.parting.drop_of", { n: name + 1 })} onClick={() => remove(name)} />
            </Flex>
          ))}
          <Button icon={<PlusOutlined aria-hidden />} onClick={() => add({})} style={{ alignSelf: "start" }}>{t("portal.parting.alternative")}</Button>
        </Flex>
      )}
    </Form.List>
  );
}
