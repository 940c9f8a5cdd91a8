import { Select } from "antd";
import { useTranslation } from "react-i18next";
import { useLocation, useNavigate } from "react-router";
import { homeOf, useMe } from "./session";

/** For somebody who works in more than one place - a seller's, a supplier's, the platform's - the way between them. */
export function PlaceSwitch() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const homes = new Map(useMe().places.map((place) => [homeOf(place), place]));
  if (homes.size < 2) return null;
  const options = [...homes].map(([value, place]) => ({
    value,
    label: place.party === "supplier" ? place.name : t(place.party === "operator" ? "shell.desk" : "shell.seller"),
  }));
  const here = options.find(({ value }) => pathname.startsWith(value))?.value;
  return <Select aria-label={t("shell.place")} options={options} value={here} onChange={(home) => void navigate(home)} style={{ minWidth: 120 }} />;
}
