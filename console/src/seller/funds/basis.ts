/** What a fee was worked out from, in words: the API writes it as `name=value`, for programs. */
import { useTranslation } from "react-i18next";
import { useOpenWords, useWords } from "../../texts/use";
import { useSupplierNames } from "../supplier_names";

const NAMES = ["line", "country", "label_g", "reported_g", "billed_g", "volume_ml", "lines", "quantity", "unpriced", "stock_out", "remote"] as const;

export function useBasis(): (basis: string) => string {
  const { t } = useTranslation();
  const word = useOpenWords();
  const said = (part: string) => {
    const [named, value] = part.split("=", 2);
    const name = NAMES.find((each) => each === named);
    if (name === undefined || value === undefined) return part === "order" ? t("basis.order") : word("stock_out", part);
    return name === "unpriced" && value === "0" ? "" : t(`basis.${name}`, { value });
  };
  return (basis) => basis.split(" ").map(said).filter(Boolean).join(" · ");
}

/** Whom an account of the ledger belongs to: `payable:carrier:cainiao`, or one of the platform's own. */
export function usePayee(): (account: string) => string {
  const word = useWords();
  const supplierName = useSupplierNames();
  return (account) => {
    const [, party, id] = account.split(":");
    if (party === "supplier") return `${word("who", party)} · ${supplierName(Number(id))}`;
    return party === "carrier" && id ? `${word("who", party)} · ${id}` : word("who", "operator");
  };
}
