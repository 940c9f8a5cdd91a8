import { Alert, Flex, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, type Schemas } from "../../api/client";
import { useWords } from "../../texts/use";
import { useAddress, useMay } from "../place";

type Count = Schemas["CountOut"];
const WHERE = {
  unanswered: "?state=pushed",
  cancellation: "?state=accepted",
  short: "?state=accepted",
  uncollected: "?state=labelled",
  endpoint: "/pushes",
} as const;
type Chore = Count & { kind: keyof typeof WHERE };
const isChore = (count: Count): count is Chore => count.kind in WHERE && count.overdue + count.due_soon + count.later > 0;

/** What needs somebody today, and shops that ask to be served. */
export function Needs() {
  const { t } = useTranslation();
  const address = useAddress();
  const may = useMay();
  const today = api.useQuery("get", "/v1/supplier/today", { params: { query: { limit: 1 } } }, { refetchInterval: 15_000 });
  const offered = api.useQuery("get", "/v1/supplier/bindings", { params: { query: { state: "offered" } } }, { enabled: may("bindings.write") });
  const counts = today.data?.counts.filter(isChore) ?? [];
  return (
    <>
      {(offered.data?.items.length ?? 0) > 0 && (
        <Alert type="info" showIcon title={<Link to={address("/shops")}>{t("portal.today.offered", { count: offered.data?.items.length })}</Link>} />
      )}
      {counts.length > 0 && <Flex gap="small" wrap role="list" aria-label={t("portal.today.needs")}>{counts.map((each) => <Need key={each.kind} count={each} />)}</Flex>}
    </>
  );
}

function Need({ count }: { count: Chore }) {
  const { t } = useTranslation();
  const word = useWords();
  const address = useAddress();
  return (
    <Link to={address(WHERE[count.kind])} role="listitem" className="need">
      <span>{word("chore", count.kind)}</span>
      {count.overdue > 0 && <Tag color="error">{t("portal.today.overdue", { count: count.overdue })}</Tag>}
      {count.due_soon > 0 && <Tag color="warning">{t("portal.today.due_soon", { count: count.due_soon })}</Tag>}
      {count.later > 0 && <Tag>{t("portal.today.later", { count: count.later })}</Tag>}
    </Link>
  );
}
