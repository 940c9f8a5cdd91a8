import { Button, DatePicker, Flex, Input, Segmented, Select } from "antd";
import dayjs from "dayjs";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { useWords } from "../../texts/use";
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

const day = (at: string | undefined, back = 0) => (at ? dayjs(at).subtract(back, "day") : null);

function Placed({ filters, set }: Props) {
  const { t } = useTranslation();
  return (
    <DatePicker.RangePicker
      aria-label={t("orders.placed")}
      placeholder={[t("orders.placed_from"), t("orders.placed_until")]}
      allowEmpty={[true, true]}
      value={[day(filters.placed_from), day(filters.placed_until, 1)]}
      onChange={(days) =>
        set({
          placed_from: days?.[0]?.startOf("day").toISOString(),
          placed_until: days?.[1]?.add(1, "day").startOf("day").toISOString(),
        })
      }
      style={{ width: 250 }}
    />
  );
}
