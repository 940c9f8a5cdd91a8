import { Button, Checkbox } from "antd";
import { useTranslation } from "react-i18next";
import { useSay } from "../../../pieces/say";
import { Wide } from "../../../pieces/Wide";
import { useOpenWords, useWords } from "../../../texts/use";
import { useShop } from "../../shops";
import { Cell, cellText } from "./Cell";
import { FIELDS, type Drafts, type Field, type Product } from "./cells";
import { useKeys } from "./useKeys";
import "./grid.css";

interface Props {
  products: readonly Product[];
  drafts: Drafts;
  write: (written: readonly (readonly [Product, Field, string])[]) => void;
  readOnly: boolean;
  chosen: readonly string[];
  choose: (skus: string[]) => void;
  open: (sku: string) => void;
}

/** 批量编辑: products as a grid that is worked like a spreadsheet; a row's head opens its form. */
export function Grid({ products, drafts, write, readOnly, chosen, choose, open }: Props) {
  const { t } = useTranslation();
  const word = useWords();
  const worded = useOpenWords();
  const say = useSay();
  const shop = useShop();
  const modeOf = (text: string) => (["jit", "standard"] as const).find((mode) => [mode, word("mode", mode).toLowerCase()].includes(text.toLowerCase())) ?? text;
  const keys = useKeys({
    products,
    drafts,
    readOnly,
    write,
    meant: (field, text) => (field === "mode" ? modeOf(text) : text),
    onPasted: (count, beyond) => say.done([t("grid.pasted", { count }), beyond && t("grid.beyond")].filter(Boolean).join(" · ")),
  });
  const heads: Record<Field, string> = {
    title: t("products.title"),
    mode: t("products.mode"),
    price: t("grid.price", { currency: shop.currency }),
    length_mm: t("grid.length_mm"),
    width_mm: t("grid.width_mm"),
    height_mm: t("grid.height_mm"),
    weight_g: t("grid.weight_g"),
  };
  const all = products.length > 0 && products.every(({ sku }) => chosen.includes(sku));
  const toggle = (sku: string) => choose(chosen.includes(sku) ? chosen.filter((each) => each !== sku) : [...chosen, sku]);
  return (
    <Wide width={860}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-to-interactive-role -- a table whose cells are worked is what a grid is */}
      <table className="grid" role="grid" aria-label={t("grid.name")} aria-readonly={readOnly} onPaste={keys.onPaste} onCopy={keys.onCopy}>
        <thead>
          <tr>
            <th scope="col" className="chosen">
              <Checkbox aria-label={t("list.choose_all")} checked={all} indeterminate={!all && chosen.length > 0} onChange={() => choose(all ? [] : products.map(({ sku }) => sku))} />
            </th>
            <th scope="col">SKU</th>
            {FIELDS.map((field) => <th key={field} scope="col">{heads[field]}</th>)}
          </tr>
        </thead>
        <tbody>
          {products.map((product, row) => (
            <tr key={product.sku} aria-selected={chosen.includes(product.sku)}>
              <td className="chosen"><Checkbox aria-label={t("list.choose", { name: product.sku })} checked={chosen.includes(product.sku)} onChange={() => toggle(product.sku)} /></td>
              <th scope="row">
                <Button type="link" size="small" style={{ paddingInline: 0 }} onClick={() => open(product.sku)}>{product.sku}</Button>
                {product.delisted_at && <div><small>{t("products.delisted")}</small></div>}
              </th>
              {FIELDS.map((field, column) => {
                const draft = drafts.get(product.sku);
                const { text, fault } = cellText(product, draft, field);
                const active = keys.at.row === row && keys.at.column === column;
                return (
                  <Cell
                    key={field}
                    product={product}
                    draft={draft}
                    field={field}
                    shown={field === "mode" ? worded("mode", text) : text}
                    fault={fault && t(`grid.fault_${fault}`)}
                    active={active}
                    editing={active ? keys.editing : null}
                    follow={keys.follow}
                    activate={() => active || keys.setAt({ row, column })}
                    edit={() => keys.edit()}
                    onKeyDown={keys.onKeyDown}
                    take={keys.take}
                    abandon={keys.abandon}
                  />
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}
