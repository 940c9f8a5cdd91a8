/** The cells of the grid: what stands in each, what may be put there, and the row that is sent. Pure. */
import type { Schemas } from "../../../api/client";

export type Product = Schemas["ProductOut"];
export type Field = "title" | "mode" | "price" | "length_mm" | "width_mm" | "height_mm" | "weight_g";
export const FIELDS: readonly Field[] = ["title", "mode", "price", "length_mm", "width_mm", "height_mm", "weight_g"];
/** What was put into cells of a product and is not saved, as it was typed. */
export type Draft = Readonly<Partial<Record<Field, string>>>;
export type Drafts = ReadonlyMap<string, Draft>;
export interface Place {
  row: number;
  column: number;
}

const LONGEST_TITLE = 500;
const LARGEST_MM = 10_000;
const LARGEST_GRAMS = 1_000_000;

export function textOf(product: Product, field: Field): string {
  return field === "price" ? product.price.amount : String(product[field]);
}

export function shownOf(product: Product, draft: Draft | undefined, field: Field): string {
  return draft?.[field] ?? textOf(product, field);
}

/** Why a text cannot stand in a cell, as the end of its message's name. */
export function faultOf(field: Field, text: string, currency: string): "title" | "mode" | "price" | "mm" | "g" | null {
  switch (field) {
    case "title":
      return text.length > 0 && [...text].length <= LONGEST_TITLE ? null : "title";
    case "mode":
      return text === "jit" || text === "standard" ? null : "mode";
    case "price":
      return isAmount(text, currency) ? null : "price";
    case "weight_g":
      return isWhole(text, LARGEST_GRAMS) ? null : "g";
    default:
      return isWhole(text, LARGEST_MM) ? null : "mm";
  }
}

const isWhole = (text: string, most: number) => /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= most;

function isAmount(text: string, currency: string): boolean {
  const { maximumFractionDigits: places = 2 } = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions();
  const [, cents = ""] = /^\d{1,12}(?:\.(\d+))?$/.exec(text) ?? [text, "x"];
  return cents !== "x" && cents.length <= places && Number(text) > 0;
}

/** The drafts after texts were put into cells; a cell that says again what is saved is no draft any more. */
export function put(drafts: Drafts, written: readonly (readonly [Product, Field, string])[]): Drafts {
  const after = new Map(drafts);
  for (const [product, field, text] of written) {
    const draft: Partial<Record<Field, string>> = { ...after.get(product.sku), [field]: text };
    if (text === textOf(product, field)) delete draft[field];
    if (Object.keys(draft).length > 0) after.set(product.sku, draft);
    else after.delete(product.sku);
  }
  return after;
}

/** The product as it would be; what is said of its goods stands, as nothing is sent of them. */
export function rowOf(product: Product, draft: Draft): Schemas["ProductRow"] {
  const text = (field: Field) => shownOf(product, draft, field);
  return {
    sku: product.sku,
    title: text("title"),
    mode: text("mode") as Product["mode"],
    price: { amount: text("price"), currency: product.price.currency },
    length_mm: Number(text("length_mm")),
    width_mm: Number(text("width_mm")),
    height_mm: Number(text("height_mm")),
    weight_g: Number(text("weight_g")),
  };
}

/** What a spreadsheet copies: lines of cells, the last line end aside. */
export function cellsOf(pasted: string): string[][] {
  return pasted.replace(/\r?\n$/, "").split(/\r?\n/).map((line) => line.split("\t").map((cell) => cell.trim()));
}
