import { Card, Flex } from "antd";
import { useTranslation } from "react-i18next";
import { Page } from "../pieces/Page";
import { TabRow } from "../pieces/TabRow";
import { useWord } from "../pieces/address";
import { Invitations } from "./Invitations";
import { Invite } from "./Invite";
import { Members } from "./Members";
import { Security } from "./Security";
import { useParty } from "./party";

/** 成员与安全: the party's people, for who may see them, and each one's own sign-in. */
export function People() {
  const { t } = useTranslation();
  const { may, hint } = useParty();
  const [asked, setTab] = useWord("tab");
  const tabs = [
    ...(may("people.read") ? [{ key: "members", label: t("people.members"), Inside: Members }, { key: "invitations", label: t("people.invitations"), Inside: Invitations }] : []),
    { key: "security", label: t("people.security"), Inside: Security },
  ];
  const tab = tabs.find(({ key }) => key === asked) ?? tabs[0];
  if (!tab) return null;
  return (
    <Page title={t("menu.people")} hint={t(hint)} actions={may("people.write") && <Invite />}>
      <Card size="small">
        <Flex vertical gap="small">
          <TabRow active={tab.key} onChange={setTab} items={tabs.map(({ key, label }) => ({ key, label }))} />
          <tab.Inside />
        </Flex>
      </Card>
    </Page>
  );
}
