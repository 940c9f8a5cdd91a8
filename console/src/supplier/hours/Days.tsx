import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Checkbox, DatePicker, Flex, Form } from "antd";
import { useTranslation } from "react-i18next";
import { HoursFields } from "./HoursFields";

/** Enter chooses the day: it does not send the form around it. */
function chooseOnly(event: React.KeyboardEvent): void {
  if (event.key === "Enter") event.preventDefault();
}

/** Days that differ from the week: off, or worked in other hours. */
export function Days({ may }: { may: boolean }) {
  const { t } = useTranslation();
  const wanted = [{ required: true, message: t("mappings.wanted") }];
  return (
    <Form.List name="days">
      {(fields, { add, remove }) => (
        <fieldset className="plain">
          <legend>{t("portal.hours.days")}</legend>
          <Flex vertical gap="small">
            {fields.length === 0 && <span className="secondary">{t("portal.hours.no_days")}</span>}
            {fields.map(({ key, name }) => (
              <Flex key={key} gap="small" wrap align="center">
                <Form.Item name={[name, "on"]} rules={wanted} noStyle><DatePicker aria-label={t("portal.hours.day_of", { n: name + 1 })} onKeyDown={chooseOnly} /></Form.Item>
                <Form.Item name={[name, "works"]} valuePropName="checked" noStyle><Checkbox>{t("portal.hours.works")}</Checkbox></Form.Item>
                <HoursFields within={["days", name]} at={[name]} of={t("portal.hours.day_of", { n: name + 1 })} />
                {may && <Button type="text" icon={<DeleteOutlined aria-hidden />} aria-label={t("portal.hours.remove_day", { n: name + 1 })} onClick={() => remove(name)} />}
              </Flex>
            ))}
            {may && <Button icon={<PlusOutlined aria-hidden />} onClick={() => add({ works: false, hours: { opens: "09:00", cut_off: "18:00" } })} style={{ alignSelf: "start" }}>{t("portal.hours.add_day")}</Button>}
          </Flex>
        </fieldset>
      )}
    </Form.List>
  );
}
