import { Button, Checkbox, Flex, Form, Popconfirm, Select } from "antd";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { useTold } from "../../pieces/told";
import { useSupplierForms } from "../place";
import { Days } from "./Days";
import { HoursFields } from "./HoursFields";
import { calendarOf, enteredOf, WEEKDAYS, ZONES, type Entered } from "./week";

/** The calendar, day by day; what is saved holds at once, also for what was pushed before. Source: MODE-3, MODE-4. */
export function CalendarForm({ calendar, may }: { calendar: Schemas["CalendarOut"] | undefined; may: boolean }) {
  const { t } = useTranslation();
  const forms = useSupplierForms();
  const told = useTold(t("portal.hours.saved"));
  const put = api.useMutation("put", "/v1/supplier/calendar", told);
  const remove = api.useMutation("delete", "/v1/supplier/calendar", told);
  return (
    <Form<Entered> layout="vertical" requiredMark={false} disabled={!may} initialValues={enteredOf(calendar)} onFinish={(entered) => put.mutate({ body: calendarOf(entered) })}>
      <fieldset className="plain">
        <legend>{t("portal.hours.week")}</legend>
        <Flex vertical gap="small">
          {WEEKDAYS.map((name) => (
            <Flex key={name} gap="small" wrap align="center" className="weekday">
              <Form.Item name={["week", name, "works"]} valuePropName="checked" noStyle>
                <Checkbox style={{ minWidth: 110 }}>{t(`portal.hours.${name}`)}</Checkbox>
              </Form.Item>
              <HoursFields within={["week", name]} of={t(`portal.hours.${name}`)} />
            </Flex>
          ))}
        </Flex>
      </fieldset>
      <p className="secondary">{t("portal.hours.cut_off_means")}</p>
      <Form.Item name="zone" label={t("portal.hours.zone")}>
        <Select showSearch options={ZONES.map((value) => ({ value, label: value }))} style={{ maxWidth: 320 }} />
      </Form.Item>
      <Form.Item name="china" valuePropName="checked" extra={calendar?.holidays_known_until && t("portal.hours.known_until", { on: forms.day(calendar.holidays_known_until) })}>
        <Checkbox>{t("portal.hours.china")}</Checkbox>
      </Form.Item>
      <Days may={may} />
      {may && (
        <Flex gap="small" wrap>
          <Button type="primary" size="large" htmlType="submit" loading={put.isPending}>{t("portal.hours.save")}</Button>
          {calendar && (
            <Popconfirm title={t("portal.hours.round_sure")} onConfirm={() => remove.mutateAsync({})}>
              <Button size="large" loading={remove.isPending}>{t("portal.hours.round")}</Button>
            </Popconfirm>
          )}
        </Flex>
      )}
    </Form>
  );
}
