import { Checkbox, Col, Form, Row, Select } from "antd";
import { useTranslation } from "react-i18next";
import { FileField } from "../../pieces/FileField";
import { useWords } from "../../texts/use";
import { FAULTS, KINDS, LARGEST, TAKEN } from "./evidence";

/** What a piece of evidence is, what it shows, and its file. */
export function EvidenceFields({ optional = false }: { optional?: boolean }) {
  const { t } = useTranslation();
  const word = useWords();
  const wanted = optional ? [] : [{ required: true, message: t("disputes.wanted") }];
  const small = { validator: (_: unknown, file?: File) => (file && file.size > LARGEST ? Promise.reject(new Error(t("disputes.file_large"))) : Promise.resolve()) };
  return (
    <>
      <Row gutter={16}>
        <Col xs={24} sm={12}>
          <Form.Item name="kind" label={t("disputes.kind")} rules={wanted} initialValue="photo">
            <Select options={KINDS.map((value) => ({ value, label: word("evidence", value) }))} />
          </Form.Item>
        </Col>
        <Col xs={24} sm={12}>
          <Form.Item name="shows" label={t("disputes.shows")}>
            <Select allowClear placeholder={t("disputes.shows_claim")} options={FAULTS.map((value) => ({ value, label: word("fault", value) }))} />
          </Form.Item>
        </Col>
      </Row>
      <Form.Item name="file" label={t("disputes.file")} extra={t("disputes.file_hint")} rules={[...wanted, small]}>
        <FileField accept={TAKEN} />
      </Form.Item>
      <Form.Item name="personal" valuePropName="checked">
        <Checkbox>{t("disputes.personal")}</Checkbox>
      </Form.Item>
    </>
  );
}
