import { Card } from "antd";
import { useTranslation } from "react-i18next";
import { Page } from "../../pieces/Page";
import { useMay } from "../place";
import { Departures } from "./Departures";
import { GiveNotice } from "./GiveNotice";
import { Letters } from "./Letters";
import { Underway } from "./Underway";

/** 解约: which shops part from the warehouse or it from them, what is left to do there, the letters, and what each closed. */
export function Component() {
  const { t } = useTranslation();
  const may = useMay();
  return (
    <Page title={t("portal.menu.parting")} hint={t("portal.parting.hint")} actions={may("bindings.write") && <GiveNotice />}>
      <Underway />
      <Card size="small" title={t("portal.parting.own")}><Departures /></Card>
      <Card size="small" title={t("portal.parting.letters")}><Letters /></Card>
    </Page>
  );
}
