import { Button, Flex, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { saveFile } from "../../api/download";
import { useSay } from "../../pieces/say";
import { useWho, useWords } from "../../texts/use";
import { useSupplierForms } from "../place";
import type { Case } from "./CaseDrawer";

const ENDINGS: Record<string, string> = { "image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf", "text/plain": "txt" };

/** What was shown by either side; what holds a buyer's name or address is not among it. */
export function Exhibits({ own }: { own: Case }) {
  const { t } = useTranslation();
  const word = useWords();
  const who = useWho();
  const say = useSay();
  const forms = useSupplierForms();
  return (
    <section>
      <Typography.Title level={2} style={{ fontSize: 16 }}>{t("portal.disputes.evidence")}</Typography.Title>
      {own.evidence.length === 0 && <p className="secondary">{t("portal.disputes.no_evidence")}</p>}
      <ul className="cards">
        {own.evidence.map((each) => (
          <li key={each.id}>
            <Flex justify="space-between" align="center" gap="small" wrap>
              <span className="grows">
                <strong>{word("evidence", each.kind)}</strong>
                <small className="secondary">{[who(each.given_by), forms.instant(each.given_at), each.shows && word("fault", each.shows)].filter(Boolean).join(" · ")}</small>
              </span>
              <Button onClick={() => void saveFile(`/v1/disputes/${own.id}/evidence/${each.id}`, `evidence-${each.id}.${ENDINGS[each.media_type]}`).catch(say.failed)}>{t("portal.disputes.open")}</Button>
            </Flex>
          </li>
        ))}
      </ul>
    </section>
  );
}
