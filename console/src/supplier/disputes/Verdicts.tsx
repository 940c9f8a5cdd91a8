import { Timeline, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { useWords } from "../../texts/use";
import { useSupplierForms } from "../place";
import type { Case } from "./CaseDrawer";

/** What was decided, round by round, who pays, and by which clause. */
export function Verdicts({ own }: { own: Case }) {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useSupplierForms();
  if (own.decisions.length === 0) return null;
  const items = own.decisions.map((each) => ({
    color: each.outcome === "rejected" ? "green" : "red",
    content: (
      <>
        <strong>{word("outcome", each.outcome)}</strong> · {forms.money(each.awarded)}
        {each.payer && ` · ${t("portal.disputes.pays", { payer: word("payer", each.payer) })}`}
        {each.clause && ` · ${each.clause}`}
        <div>{each.note}</div>
        <small className="secondary">{forms.instant(each.decided_at)}{each.reversed && ` · ${t("portal.disputes.reversed")}`}</small>
      </>
    ),
  }));
  return (
    <section>
      <Typography.Title level={2} style={{ fontSize: 16 }}>{t("portal.disputes.verdicts")}</Typography.Title>
      <Timeline items={items} />
      {own.appealed_at && <p>{[t("portal.disputes.appealed", { at: forms.instant(own.appealed_at) }), own.appeal_text].filter(Boolean).join(" · ")}</p>}
    </section>
  );
}
