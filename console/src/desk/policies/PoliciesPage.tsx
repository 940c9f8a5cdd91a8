import { Alert, Card, Flex, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { Failure } from "../../pieces/Failure";
import { Page } from "../../pieces/Page";
import { Waiting } from "../../pieces/Waiting";
import { ofBoth } from "../../texts/use";
import { useAddress } from "../address";
import { useDeskForms } from "../zone";
import { differencesOf } from "./differences";
import { InWords } from "./InWords";
import { Readers } from "./Readers";
import { SideBySide } from "./SideBySide";

/** Two versions of the policy side by side: which rules differ, and in what. */
export function Component() {
  const { t } = useTranslation();
  const forms = useDeskForms();
  const [said, say] = useAddress();
  const versions = api.useQuery("get", "/v1/policies", { params: { query: { limit: 200 } } }, { staleTime: 300_000 });
  const names = versions.data?.items.map(({ version }) => version) ?? [];
  const newer = said("new") ?? names.at(-1);
  const older = said("old") ?? names.at(-2) ?? newer;
  const options = versions.data?.items.map((head) => ({ value: head.version, label: `${head.version} · ${forms.day(head.in_force_on)}` }));
  return (
    <Page title={t("menu.desk_policies")} hint={t("desk.policies_hint")}>
      {versions.error && <Failure error={versions.error} retry={() => void versions.refetch()} />}
      <Card size="small">
        <Flex gap="middle" align="center" wrap>
          <label>{t("desk.old")} <Select aria-label={t("desk.old")} value={older} options={options} onChange={(value) => say({ old: value })} style={{ width: 200 }} /></label>
          <label>{t("desk.new")} <Select aria-label={t("desk.new")} value={newer} options={options} onChange={(value) => say({ new: value })} style={{ width: 200 }} /></label>
          <label><Switch size="small" checked={said("all") === undefined} onChange={(only) => say({ all: only ? undefined : "1" })} aria-label={t("desk.differs_only")} /> {t("desk.differs_only")}</label>
        </Flex>
      </Card>
      {older && newer && <InWords older={older} newer={newer} />}
      {newer && <Readers version={newer} />}
      {older && newer && <Compared older={older} newer={newer} all={said("all") !== undefined} />}
    </Page>
  );
}

function Compared({ older, newer, all }: { older: string; newer: string; all: boolean }) {
  const { t } = useTranslation();
  const old = usePolicy(older);
  const fresh = usePolicy(newer);
  const error = old.error ?? fresh.error;
  if (error) return <Failure error={error} retry={() => void Promise.all([old.refetch(), fresh.refetch()])} />;
  if (!old.data || !fresh.data) return <Waiting />;
  const rows = differencesOf(old.data, fresh.data, (code) => t("desk.line", { code }));
  const shown = all ? rows : rows.filter((row) => row.differs);
  return (
    <Card size="small" title={t("desk.count_differs", { count: rows.filter((row) => row.differs).length })}>
      {[old.data, fresh.data].map((policy) => <p key={policy.version} style={{ marginTop: 0 }}><strong>{policy.version}</strong> <span className="secondary">{ofBoth(policy.note)}</span></p>)}
      {shown.length === 0 ? <Alert type="info" showIcon title={t("desk.no_difference")} /> : <SideBySide rows={shown} older={headOf(old.data)} newer={headOf(fresh.data)} />}
    </Card>
  );
}

const headOf = (policy: Schemas["PolicyOut"]) => ({ version: policy.version, from: policy.in_force_from, until: policy.in_force_until });

function usePolicy(version: string) {
  return api.useQuery("get", "/v1/policies/{version}", { params: { path: { version } } }, { staleTime: Infinity });
}
