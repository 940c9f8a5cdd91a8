/** Moving about in the grid, and what is typed, copied and pasted there, as in a spreadsheet. */
import { useCallback, useRef, useState, type ClipboardEvent, type KeyboardEvent } from "react";
import { cellsOf, FIELDS, shownOf, type Drafts, type Field, type Place, type Product } from "./cells";

const STEPS: Partial<Record<string, readonly [number, number]>> = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const WHERE: Record<"down" | "right" | "left" | "stay", readonly [number, number]> = { down: [1, 0], right: [0, 1], left: [0, -1], stay: [0, 0] };

interface Asked {
  products: readonly Product[];
  drafts: Drafts;
  readOnly: boolean;
  write: (written: (readonly [Product, Field, string])[]) => void;
  /** What a pasted text means in that column. */
  meant: (field: Field, text: string) => string;
  onPasted: (count: number, beyond: boolean) => void;
}

export function useKeys({ products, drafts, readOnly, write, meant, onPasted }: Asked) {
  const [at, setAt] = useState<Place>({ row: 0, column: 0 });
  const [editing, setEditing] = useState<string | null>(null);
  const follow = useRef(false);
  const inside = ({ row, column }: Place): Place => ({
    row: Math.min(Math.max(row, 0), products.length - 1),
    column: Math.min(Math.max(column, 0), FIELDS.length - 1),
  });
  const move = (rows: number, columns: number) => setAt((before) => inside({ row: before.row + rows, column: before.column + columns }));
  const here = () => [products[at.row], FIELDS[at.column]] as const;

  const edit = (begin?: string) => {
    const [product, field] = here();
    if (readOnly || !product || !field) return;
    const text = shownOf(product, drafts.get(product.sku), field);
    if (field === "mode") write([[product, field, text === "jit" ? "standard" : "jit"]]);
    else setEditing(begin ?? text);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    follow.current = true;
    if (event.ctrlKey || event.metaKey || event.altKey) {
      if (event.key === "Home") setAt({ row: 0, column: 0 });
      else if (event.key === "End") setAt(inside({ row: products.length, column: FIELDS.length }));
      return;
    }
    const step = STEPS[event.key];
    const field = FIELDS[at.column];
    if (step) move(...step);
    else if (event.key === "Home") setAt({ ...at, column: 0 });
    else if (event.key === "End") setAt(inside({ ...at, column: FIELDS.length }));
    else if (event.key === "Enter" || event.key === "F2" || (event.key === " " && field === "mode")) edit();
    else if (event.key.length === 1 && field !== "mode") edit(event.key);
    else return;
    event.preventDefault();
  };
  const take = (text: string, go: keyof typeof WHERE) => {
    const [product, field] = here();
    if (product && field) write([[product, field, text]]);
    follow.current = go !== "stay";
    setEditing(null);
    move(...WHERE[go]);
  };
  const onPaste = (event: ClipboardEvent) => {
    if (editing !== null || readOnly) return;
    event.preventDefault();
    const lines = cellsOf(event.clipboardData.getData("text/plain"));
    const written = lines.flatMap((line, row) =>
      line.flatMap((text, column) => {
        const [product, field] = [products[at.row + row], FIELDS[at.column + column]];
        return product && field ? [[product, field, meant(field, text)] as const] : [];
      }),
    );
    write(written);
    onPasted(written.length, written.length < lines.flat().length);
  };
  const onCopy = (event: ClipboardEvent) => {
    const [product, field] = here();
    if (editing !== null || !product || !field) return;
    event.clipboardData.setData("text/plain", shownOf(product, drafts.get(product.sku), field));
    event.preventDefault();
  };
  const abandon = useCallback(() => {
    follow.current = true;
    setEditing(null);
  }, []);
  return { follow, at: inside(at), setAt, editing, edit, onKeyDown, take, abandon, onPaste, onCopy };
}
