import { Button, DatePicker, Flex, Input, Segmented, Select } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import timezone from "dayjs/plugin/timezone";
import utc from "dayjs/plugin/utc";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { useWords } from "../../texts/use";
import { useShop } from "../shops";
import { DUES, FLAGS, type Filters, type SetFilters } from "./filters";

interface Props {
  filters: Filters;
  set: SetFilters;
}

/** The filters, each a control that can be seen. */
export function FilterBar({ filters, set }: Props) {
  const { t } = useTranslation();
  const word = useWords();
  const suppliers = api.useQuery("get", "/v1/suppliers", { params: { query: { limit: 200 } } }, { staleTime: 300_000 });
  const narrowed = Object.values(filters).some((value) => value !== undefined);
  return (
    <Flex gap="small" wrap role="search" aria-label={t("orders.filters")}>
      <Input.Search
        key={filters.channel_order_no}
        allowClear
        aria-label={t("orders.number")}
        placeholder={t("orders.number")}
        defaultValue={filters.channel_order_no}
        onSearch={(text) => set({ channel_order_no: text.trim() })}
        style={{ width: 220 }}
      />
      <Select
        allowClear
        aria-label={t("orders.flag")}
        placeholder={t("orders.flag")}
        value={filters.flag}
        options={FLAGS.map((value) => ({ value, label: word("flag", value) }))}
        onChange={(flag?: string) => set({ flag })}
        style={{ width: 150 }}
      />
      <Select
        allowClear
        aria-label={t("orders.supplier")}
        placeholder={t("orders.supplier")}
        value={filters.supplier}
        options={suppliers.data?.items.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(supplier?: number) => set({ supplier: supplier?.toString() })}
        style={{ width: 150 }}
      />
      <Segmented
        aria-label={t("orders.ship_by")}
        value={filters.due ?? ""}
        options={[{ value: "", label: t("orders.any_time") }, ...DUES.map((value) => ({ value: value as string, label: t(`orders.due_${value}`) }))]}
        onChange={(due) => set({ due })}
      />
      <Placed filters={filters} set={set} />
      {narrowed && (
        <Button type="link" onClick={() => set(Object.fromEntries(Object.keys(filters).map((key) => [key, undefined])))}>
          {t("orders.clear")}
        </Button>
      )}
    </Flex>
  );
}

dayjs.extend(utc);
dayjs.extend(timezone);

/** Days as the shop's own zone has them: from the first one's start, until the last one's end. */
function Placed({ filters, set }: Props) {
  const { t } = useTranslation();
  const { zone } = useShop();
  const shown = (at: string | undefined, back = 0) => (at ? dayjs(at).tz(zone).subtract(back, "day") : null);
  const begins = (day: Dayjs | null | undefined) => day && dayjs.tz(day.format("YYYY-MM-DD"), zone).toISOString();
  return (
    <DatePicker.RangePicker
      aria-label={t("orders.placed")}
      placeholder={[t("orders.placed_from"), t("orders.placed_until")]}
      allowEmpty={[true, true]}
      value={[shown(filters.placed_from), shown(filters.placed_until, 1)]}
      onChange={(days) => set({ placed_from: begins(days?.[0]) ?? undefined, placed_until: begins(days?.[1]?.add(1, "day")) ?? undefined })}
      style={{ width: 250 }}
    />
  );
}
