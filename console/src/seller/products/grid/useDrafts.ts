/** What was changed in the grid and is not saved: kept until it is, and asked about before the page is left. */
import { App } from "antd";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useBlocker } from "react-router";
import { faultOf, put, type Drafts, type Field, type Product } from "./cells";

const NONE: Drafts = new Map();

export function useDrafts(products: readonly Product[]) {
  const [drafts, setDrafts] = useState(NONE);
  const write = useCallback((written: readonly (readonly [Product, Field, string])[]) => setDrafts((before) => put(before, written)), []);
  const keep = useCallback((skus: ReadonlySet<string>) => setDrafts((before) => new Map([...before].filter(([sku]) => skus.has(sku)))), []);
  const discard = useCallback(() => setDrafts(NONE), []);
  const changed = useMemo(() => products.filter(({ sku }) => drafts.has(sku)), [products, drafts]);
  const faults = changed.flatMap(({ sku, price }) =>
    Object.entries(drafts.get(sku) ?? {}).filter(([field, text]) => faultOf(field as Field, text, price.currency)),
  ).length;
  useAsking(drafts.size > 0);
  return { drafts, write, keep, discard, changed, faults };
}

function useAsking(unsaved: boolean): void {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const leaving = useBlocker(({ currentLocation, nextLocation }) => unsaved && currentLocation.pathname !== nextLocation.pathname);
  useEffect(() => {
    if (leaving.state !== "blocked") return;
    void modal.confirm({ title: t("grid.leave_sure"), onOk: () => leaving.proceed(), onCancel: () => leaving.reset() });
  }, [leaving, modal, t]);
  useEffect(() => {
    if (!unsaved) return undefined;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [unsaved]);
}
