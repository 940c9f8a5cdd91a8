import { Card, Descriptions } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { Failure } from "../../pieces/Failure";
import { Waiting } from "../../pieces/Waiting";
import { ofBoth } from "../../texts/use";

/** In what two versions differ, rule by rule, in sentences. */
export function InWords({ older, newer }: { older: string; newer: string }) {
  const { t } = useTranslation();
  const changes = api.useQuery("get", "/v1/policies/{version}/changes", { params: { path: { version: newer }, query: { follows: older } } }, { staleTime: Infinity });
  if (changes.error) return <Failure error={changes.error} retry={() => void changes.refetch()} />;
  if (!changes.data) return <Waiting />;
  const { items } = changes.data;
  // One of each rule; its changes stand together.
  const rules = items.filter(({ part, code }, place) => items.findIndex((each) => each.part === part && each.code === code) === place);
  return (
    <Card size="small" title={t("desk.plain")}>
      {rules.length === 0 && t("desk.no_difference")}
      <Descriptions
        size="small"
        column={1}
        items={rules.map(({ part, code, title }) => ({
          key: `${part} ${code}`,
          label: part === "clause" ? `${code} ${ofBoth(title)}` : ofBoth(title),
          children: <ul style={{ margin: 0, paddingInlineStart: 18 }}>{items.filter((each) => each.part === part && each.code === code).map(({ name, text }) => <li key={name}>{ofBoth(text)}</li>)}</ul>,
        }))}
      />
    </Card>
  );
}
