import { Form, Radio } from "antd";
import { useTranslation } from "react-i18next";
import { useWords } from "../../texts/use";

const CONDITIONS = ["sellable", "damaged", "other_item"] as const;

export function Condition() {
  const { t } = useTranslation();
  const word = useWords();
  return (
    <Form.Item name="condition" label={t("portal.returns.condition")}>
      <Radio.Group vertical options={CONDITIONS.map((value) => ({ value, label: word("condition", value) }))} />
    </Form.Item>
  );
}
