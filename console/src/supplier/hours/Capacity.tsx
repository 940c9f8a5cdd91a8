import { Button, Card, Flex, Form, InputNumber, Progress } from "antd";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { Failure } from "../../pieces/Failure";
import { useTold } from "../../pieces/told";
import { useSupplierForms } from "../place";

/** How many fulfilments a day the warehouse takes, and how many of today's are taken. */
export function Capacity({ may }: { may: boolean }) {
  const { t } = useTranslation();
  const capacity = api.useQuery("get", "/v1/supplier/capacity", {}, { refetchInterval: 30_000 });
  if (capacity.error) return <Failure error={capacity.error} retry={() => void capacity.refetch()} />;
  return (
    <Card size="small" title={t("portal.hours.capacity")} loading={capacity.isPending}>
      {capacity.data && (
        <Flex vertical gap="middle">
          <Taken capacity={capacity.data} />
          {may && <Change key={capacity.data.daily} daily={capacity.data.daily} />}
        </Flex>
      )}
    </Card>
  );
}

function Taken({ capacity: { daily, taken, day } }: { capacity: Schemas["CapacityOut"] }) {
  const { t } = useTranslation();
  const forms = useSupplierForms();
  if (daily === null) return <span>{t("portal.hours.unlimited")}</span>;
  const count = taken ?? 0;
  return (
    <div>
      <span>{t("portal.hours.taken", { on: forms.day(day), taken: forms.number(count), daily: forms.number(daily) })}</span>
      <Progress percent={Math.min(100, (100 * count) / Math.max(1, daily))} status={count >= daily ? "exception" : "normal"} showInfo={false} aria-label={t("portal.hours.capacity")} />
      {count >= daily && <span className="secondary">{t("portal.hours.full")}</span>}
    </div>
  );
}

function Change({ daily }: { daily: number | null }) {
  const { t } = useTranslation();
  const put = api.useMutation("put", "/v1/supplier/capacity", useTold(t("portal.hours.saved")));
  const set = (wanted: number | null) => put.mutate({ body: { daily: wanted } });
  return (
    <Form<{ daily: number }> layout="vertical" requiredMark={false} initialValues={{ daily }} onFinish={(said) => set(said.daily)}>
      <Form.Item name="daily" label={t("portal.hours.daily")} rules={[{ required: true, message: t("mappings.wanted") }]}>
        <InputNumber min={0} precision={0} controls={false} style={{ width: 160 }} />
      </Form.Item>
      <Flex gap="small" wrap>
        <Button type="primary" htmlType="submit" loading={put.isPending}>{t("portal.hours.set_daily")}</Button>
        {daily !== null && <Button loading={put.isPending} onClick={() => set(null)}>{t("portal.hours.no_limit")}</Button>}
      </Flex>
    </Form>
  );
}
