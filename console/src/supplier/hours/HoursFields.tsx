import { Form, Input, Space } from "antd";
import { useTranslation } from "react-i18next";
import { CLOCK, type Entered } from "./week";

interface Props {
  /** Where in the form: the day, which has `works` and `hours`. */
  within: (string | number)[];
  /** Where the fields themselves stand, in a list: its names begin at the list. */
  at?: (string | number)[];
  of: string;
}

/** From when to which cut-off a day is worked; nothing where it is not. */
export function HoursFields({ within, at = within, of }: Props) {
  const { t } = useTranslation();
  const works = Form.useWatch<Entered, boolean>((entered) => workedOf(entered, within));
  if (!works) return <span className="secondary">{t("portal.hours.off")}</span>;
  const rules = [{ required: true, pattern: CLOCK, message: t("portal.hours.clock_wanted") }];
  return (
    <Space>
      <Form.Item name={[...at, "hours", "opens"]} rules={rules} noStyle><Input aria-label={t("portal.hours.opens_of", { day: of })} inputMode="numeric" maxLength={5} style={{ width: 84 }} /></Form.Item>
      –
      <Form.Item name={[...at, "hours", "cut_off"]} rules={rules} noStyle><Input aria-label={t("portal.hours.cut_off_of", { day: of })} inputMode="numeric" maxLength={5} style={{ width: 84 }} /></Form.Item>
    </Space>
  );
}

function workedOf(entered: Entered, within: readonly (string | number)[]): boolean {
  let found: unknown = entered;
  for (const name of [...within, "works"]) found = (found as Record<string | number, unknown> | undefined)?.[name];
  return found === true;
}
