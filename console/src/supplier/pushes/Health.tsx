import { Alert, Badge, Descriptions, Flex } from "antd";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { useWords } from "../../texts/use";
import { useSupplierForms } from "../place";

const STATUS = { closed: "success", half_open: "warning", open: "error" } as const;

/** How the endpoint fares; where it does not answer, nothing is lost and the next try is told. */
export function Health({ endpoint }: { endpoint: Schemas["EndpointStateOut"] }) {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useSupplierForms();
  const items = [
    { label: t("portal.pushes.url"), children: <code>{endpoint.url}</code>, span: "filled" as const },
    { label: t("portal.pushes.health"), children: <Badge status={STATUS[endpoint.breaker]} text={word("breaker", endpoint.breaker)} /> },
    { label: t("portal.pushes.waiting"), children: forms.number(endpoint.waiting) },
    { label: t("portal.pushes.oldest"), children: forms.instant(endpoint.oldest_waiting_at) },
    { label: t("portal.pushes.order"), children: t(endpoint.ordered ? "portal.pushes.ordered" : "portal.pushes.unordered") },
  ];
  return (
    <Flex vertical gap="middle">
      {endpoint.breaker === "open" && <Alert type="error" showIcon title={t("portal.pushes.broken", { at: forms.instant(endpoint.open_until) })} />}
      {endpoint.old_secret_until && <Alert type="info" showIcon title={t("portal.pushes.rotating", { at: forms.instant(endpoint.old_secret_until) })} />}
      <Descriptions size="small" bordered column={{ xs: 1, sm: 2 }} items={items} />
    </Flex>
  );
}
