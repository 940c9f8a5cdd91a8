import { Button, Flex, InputNumber } from "antd";
import { useTranslation } from "react-i18next";
import { type Ramp, useHorizonDays } from "./move";

const NO_DAYS: Ramp = [];

interface Props {
  value?: Ramp;
  onChange?: (ramp: Ramp) => void;
}

/** The percent of new orders that leaves JIT on each day; after the last one that is filled in, all do. */
export function RampField({ value = NO_DAYS, onChange }: Props) {
  const { t } = useTranslation();
  const days = useHorizonDays();
  const filled = Array.from({ length: days }, (_, day) => value[day] ?? null);
  const evenly = (over: number) => onChange?.(Array.from({ length: over }, (_, day) => Math.round(((day + 1) * 100) / over)));
  return (
    <Flex vertical gap="small">
      <Flex gap="small" wrap>
        {[3, 5, days].map((over) => <Button key={over} size="small" onClick={() => evenly(over)}>{t("move.evenly", { count: over })}</Button>)}
      </Flex>
      <Flex gap="small" wrap role="group" aria-label={t("move.ramp")}>
        {filled.map((share, day) => (
          // oxlint-disable-next-line react/no-array-index-key -- a day is its place
          <label key={day}>
            <small className="secondary">{t("move.day", { day: day + 1 })}</small>
            <div>
              <InputNumber min={0} max={100} precision={0} suffix="%" controls={false} value={share} placeholder="100" style={{ width: 84 }} onChange={(to) => onChange?.(filled.with(day, to))} />
            </div>
          </label>
        ))}
      </Flex>
      <small className="secondary">{t("move.ramp_hint")}</small>
    </Flex>
  );
}
