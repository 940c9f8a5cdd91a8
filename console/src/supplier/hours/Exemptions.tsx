import { Card, Flex } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { useBusinessNow } from "../../pieces/BusinessTime";
import { useWords } from "../../texts/use";
import { useSupplierForms } from "../place";

/** Times in which the platform lets clocks stand: now, or to come. */
export function Exemptions() {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useSupplierForms();
  const now = useBusinessNow(60_000).getTime();
  const exemptions = api.useQuery("get", "/v1/exemptions", { params: { query: { limit: 50 } } }, { staleTime: 60_000 });
  const standing = exemptions.data?.items.filter(({ since, until }) => Date.parse(until) > now && since !== until) ?? [];
  if (standing.length === 0) return null;
  return (
    <Card size="small" title={t("portal.hours.exemptions")} style={{ marginTop: 16 }}>
      <Flex vertical gap="small">
        {standing.map((each) => (
          <div key={each.id}>
            <strong>{word("exemption", each.reason)}</strong> {each.region} {each.note}
            <div className="secondary">{forms.instant(each.since)} – {forms.instant(each.until)}</div>
          </div>
        ))}
      </Flex>
    </Card>
  );
}
