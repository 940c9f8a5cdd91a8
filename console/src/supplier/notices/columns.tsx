import { Badge, Button, Flex, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, type Schemas } from "../../api/client";
import { useTold } from "../../pieces/told";
import { ofBoth } from "../../texts/use";
import { useAddress, useMay, useSupplierForms } from "../place";
import { useShopNames } from "../shop_names";

type Notice = Schemas["NoticeOut"];

export function useNoticeColumns(): TableColumnsType<Notice> {
  const { t } = useTranslation();
  const forms = useSupplierForms();
  const may = useMay()("notices.write");
  const read = api.useMutation("post", "/v1/supplier/notices/{notice_id}/read", useTold());
  return [
    { title: t("portal.notices.what"), render: (_, notice) => <What notice={notice} /> },
    { title: t("portal.notices.at"), responsive: ["md"], render: (_, notice) => forms.instant(notice.at) },
    ...(may
      ? [{
          title: t("suppliers.acts"),
          render: (_: unknown, notice: Notice) =>
            notice.read_at === null ? (
              <Button aria-label={t("portal.notices.read_of", { id: notice.id })} onClick={() => read.mutate({ params: { path: { notice_id: notice.id } } })}>{t("portal.notices.read")}</Button>
            ) : (
              <span className="secondary">{t("portal.notices.was_read")}</span>
            ),
        }]
      : []),
  ];
}

/** What happened, of which shop, and the page where it is dealt with. */
function What({ notice }: { notice: Notice }) {
  const { t } = useTranslation();
  const address = useAddress();
  const forms = useSupplierForms();
  const shopName = useShopNames();
  const place = placeOf(notice);
  const number = (name: string) => (typeof notice.facts[name] === "number" ? (notice.facts[name] as number) : undefined);
  const shop = notice.shop_id ?? number("shop_id");
  const due = notice.facts["due_at"] ?? notice.facts["leaves_at"];
  const about = [
    shop !== undefined && shopName(shop),
    notice.fulfilment_id !== null && `${t("supplier.part")} #${notice.fulfilment_id}`,
    typeof notice.facts["number"] === "string" && notice.facts["number"],
    typeof due === "string" && `${t("home.due")} ${forms.instant(due)}`,
  ];
  const title = ofBoth(notice.title);
  return (
    <Flex vertical>
      <Badge status={notice.read_at === null ? "processing" : "default"} text={place ? <Link to={address(place)}>{title}</Link> : title} />
      <small className="secondary">{about.filter(Boolean).join(" · ")}</small>
    </Flex>
  );
}

function placeOf({ kind, fulfilment_id, facts }: Notice): string | undefined {
  const [subject] = kind.split(".");
  if (subject === "dispute") return typeof facts["dispute_id"] === "number" ? `/disputes?dispute=${facts["dispute_id"]}` : "/disputes";
  if (subject === "endpoint") return "/pushes";
  if (subject === "binding") return "/parting";
  if (subject === "stock") return "/stock";
  if (fulfilment_id !== null) return `/pack?part=${fulfilment_id}`;
  return undefined;
}
