import { Card, Descriptions, Flex, Switch, Table, Tag, Typography } from "antd";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, type Schemas } from "../../api/client";
import { Failure } from "../../pieces/Failure";
import { Page } from "../../pieces/Page";
import { useSay } from "../../pieces/say";
import { ofBoth, useWords } from "../../texts/use";
import { useMay, useShop, useShopForms } from "../shops";
import { Join } from "./Join";
import { Wide } from "../../pieces/Wide";

/** 设置: JIT总开关 with how the shop is enrolled, and what the shop has set for itself. */
export function Component() {
  const { t } = useTranslation();
  const shop = useShop();
  const params = { path: { shop_id: shop.id } };
  const enrolment = api.useQuery("get", "/v1/shops/{shop_id}/enrolment", { params });
  const plan = api.useQuery("get", "/v1/shops/{shop_id}/plan", { params });
  const own = api.useQuery("get", "/v1/shops/{shop_id}/policy_overrides", { params });
  if (enrolment.error) return <Failure error={enrolment.error} retry={() => void enrolment.refetch()} />;
  return (
    <Page title={t("menu.settings")} hint={shop.name}>
      {enrolment.data && <Enrolment enrolment={enrolment.data} />}
      {own.data && <Own own={own.data} />}
      {plan.data && (
        <Card size="small" title={t("settings.plan")}>
          <Flex gap="small" wrap>{plan.data.lines.map((line) => <Tag key={line}>{line}</Tag>)}</Flex>
        </Card>
      )}
    </Page>
  );
}

function Enrolment({ enrolment }: { enrolment: Schemas["EnrolmentOut"] }) {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useShopForms();
  const shop = useShop();
  const on = enrolment.state === "on" || enrolment.state === "leaving";
  const items = [
    { label: t("rehearsal.enrolment"), children: word("enrolment", enrolment.state) },
    { label: t("settings.number"), children: enrolment.number },
    { label: t("settings.joined"), children: forms.instant(enrolment.joined_at) },
    { label: t("settings.ended"), children: forms.instant(enrolment.ended_at) },
  ];
  return (
    <Card
      size="small"
      title={
        <Flex gap="small" align="center">
          <Switch checked={on} disabled aria-label={t("settings.switch")} />
          {t("settings.switch")}
        </Flex>
      }
      extra={on && <Link to={`/seller/${shop.id}/leaving`}>{t("settings.to_exit")}</Link>}
    >
      <Flex vertical gap="middle">
        <Descriptions size="small" column={{ xs: 1, sm: 2 }} items={items} />
        {enrolment.authorisation && on && (
          <Typography.Paragraph type="secondary" style={{ margin: 0 }}>
            {ofBoth(enrolment.authorisation.text)} · {forms.instant(enrolment.authorisation.signed_at)}
          </Typography.Paragraph>
        )}
        {!on && <Eligibility />}
      </Flex>
    </Card>
  );
}

/** Each condition of joining, with its measured figure and the day on which it can hold. Source: BACK-1..4. */
function Eligibility() {
  const { t } = useTranslation();
  const forms = useShopForms();
  const shop = useShop();
  const found = api.useQuery("get", "/v1/shops/{shop_id}/enrolment/eligibility", { params: { path: { shop_id: shop.id } } });
  if (!found.data) return null;
  return (
    <Flex vertical gap="middle">
      <Wide width={560}>
        <Table
          size="small"
          pagination={false}
          rowKey="code"
          dataSource={found.data.conditions}
          columns={[
            { title: t("settings.condition"), render: (_, row) => <>{row.code} {row.clause}</> },
            { title: t("settings.measured"), dataIndex: "measured" },
            { title: t("settings.wanted"), dataIndex: "wanted" },
            { title: t("settings.met"), render: (_, row) => t(row.met ? "rehearsal.yes" : "rehearsal.no") },
            { title: t("settings.earliest"), render: (_, row) => forms.day(row.earliest_on) },
          ]}
        />
      </Wide>
      <Join version={found.data.authorisation_version} eligible={found.data.eligible} />
    </Flex>
  );
}

function Own({ own }: { own: Schemas["PolicyOverridesOut"] }) {
  const { t } = useTranslation();
  const shop = useShop();
  const may = useMay();
  const say = useSay();
  const queries = useQueryClient();
  const put = api.useMutation("put", "/v1/shops/{shop_id}/policy_overrides", {
    onError: say.failed,
    onSuccess: () => queries.invalidateQueries(),
  });
  return (
    <Card size="small" title={t("settings.own")}>
      <Flex gap="small" align="center">
        <Switch
          id="reroute"
          checked={own.reroute_on_silence}
          loading={put.isPending}
          disabled={!may("policies.write")}
          onChange={(reroute_on_silence) => put.mutate({ params: { path: { shop_id: shop.id } }, body: { reroute_on_silence } })}
        />
        <label htmlFor="reroute">{t("settings.reroute")}</label>
      </Flex>
    </Card>
  );
}
