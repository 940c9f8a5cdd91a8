import { Descriptions, Flex } from "antd";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { Section } from "../../pieces/Section";
import { ofBoth } from "../../texts/use";
import { useDeskForms } from "../zone";
import { Proof } from "./Proof";

export type Recorded = Schemas["RecordedOut"];

/** One event: what it says, and that it was so. */
export function OneEvent({ event, shop_id }: { event: Recorded; shop_id: number }) {
  const { t } = useTranslation();
  const forms = useDeskForms();
  return (
    <Flex vertical gap="large">
      <Descriptions
        size="small"
        bordered
        column={{ xs: 1, sm: 2 }}
        items={[
          { label: t("desk.event_kind"), children: <>{ofBoth(event.text)} <code>{event.kind}</code></>, span: "filled" },
          { label: t("desk.at"), children: forms.moment(event.at) },
          { label: t("desk.subject"), children: event.subject },
          { label: t("desk.order"), children: event.order_id ?? "–" },
          { label: t("desk.actor"), children: event.actor },
          { label: t("desk.from_address"), children: event.address ?? "–" },
          { label: t("desk.policy"), children: event.policy },
          { label: t("desk.seal"), children: event.seal_no ?? t("desk.not_sealed") },
        ]}
      />
      <Section title={t("desk.facts")}>
        <pre style={{ margin: 0, whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>{JSON.stringify(event.facts, null, 2)}</pre>
      </Section>
      {event.seal_no !== null && (
        <Section title={t("desk.proof")}>
          <Proof path={shop_id ? `/v1/shops/${shop_id}/record/seals/${event.seal_no}` : `/v1/record/seals/${event.seal_no}`} event_id={event.event_id} name={`record-${shop_id}-seal-${event.seal_no}.ndjson`} />
        </Section>
      )}
    </Flex>
  );
}
