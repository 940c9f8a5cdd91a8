import { Table } from "antd";
import { useTranslation } from "react-i18next";
import type { Policy } from "../../pieces/policy";
import { Wide } from "../../pieces/Wide";
import { ofBoth } from "../../texts/use";
import { useShopForms } from "../shops";

type Told = Policy["lines"][number];

/** For each country the first line of the plan that goes there: for JIT orders, and for those that are standard. */
export function Coverage({ lines, policy }: { lines: readonly Told[]; policy: Policy }) {
  const { t } = useTranslation();
  const first = (country: string, jit: boolean) => lines.find((line) => (line.kind === "jit") === jit && line.rates.some((rate) => rate.country === country));
  return (
    <Wide width={680}>
      <Table
        size="small"
        pagination={false}
        rowKey="code"
        dataSource={policy.countries}
        columns={[
          { title: t("plan.country"), render: (_, { code, names }) => ofBoth(names) || code },
          { title: t("plan.jit_then"), render: (_, { code }) => <Way line={first(code, true)} country={code} /> },
          { title: t("plan.standard_then"), render: (_, { code }) => <Way line={first(code, false)} country={code} /> },
        ]}
      />
    </Wide>
  );
}

function Way({ line, country }: { line: Told | undefined; country: string }) {
  const { t } = useTranslation();
  const forms = useShopForms();
  const rate = line?.rates.find((each) => each.country === country);
  if (!line || !rate) return <span className="secondary">{t("plan.unreached")}</span>;
  return (
    <>
      {ofBoth(line.names)} · {t("plan.days", { count: line.promise_days })}
      <div>
        <small>
          {t("plan.first")} {t("plan.of_weight", { fee: forms.money(rate.first_fee), grams: rate.first_weight_grams })} · {t("plan.step")} {t("plan.of_weight", { fee: forms.money(rate.step_fee), grams: rate.step_weight_grams })}
        </small>
      </div>
    </>
  );
}
