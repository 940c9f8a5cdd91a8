import { useEffect, useRef, type KeyboardEvent, type RefObject } from "react";
import { faultOf, shownOf, type Draft, type Field, type Product } from "./cells";

export interface CellProps {
  product: Product;
  draft: Draft | undefined;
  field: Field;
  /** What is shown of the text, where that is not the text itself. */
  shown: string;
  /** Why it cannot stand as it is, in the reader's words. */
  fault: string | null;
  active: boolean;
  /** What the cell's own field begins with while it is changed; null while it is not. */
  editing: string | null;
  /** Whether the keys were here last: then the focus goes with them. */
  follow: RefObject<boolean>;
  activate: () => void;
  edit: () => void;
  onKeyDown: (event: KeyboardEvent<HTMLTableCellElement>) => void;
  /** Take the text; `go` says where to. */
  take: (text: string, go: "down" | "right" | "left" | "stay") => void;
  abandon: () => void;
}

/** A cell: one of all is reached by Tab, the others by arrows; it turns into a field while it is changed. */
export function Cell(props: CellProps) {
  const { draft, field, shown, fault, active, editing, activate, edit, onKeyDown, follow } = props;
  const place = useRef<HTMLTableCellElement>(null);
  useEffect(() => {
    if (active && editing === null && follow.current) place.current?.focus();
  }, [active, editing, follow]);
  const number = field !== "title" && field !== "mode";
  return (
    <td
      ref={place}
      tabIndex={active ? 0 : -1}
      aria-invalid={fault !== null}
      title={fault ?? undefined}
      className={[number && "number", draft?.[field] !== undefined && "changed", fault && "faulty"].filter(Boolean).join(" ")}
      onFocus={() => activate()}
      onClick={() => (active && editing === null ? edit() : undefined)}
      onDoubleClick={() => edit()}
      onKeyDown={editing === null ? onKeyDown : undefined}
    >
      {editing === null ? shown : <Editor {...props} begin={editing} number={number} />}
    </td>
  );
}

function Editor({ begin, number, product, field, take, abandon }: CellProps & { begin: string; number: boolean }) {
  const input = useRef<HTMLInputElement>(null);
  const over = useRef(false);
  useEffect(() => input.current?.focus(), []);
  const end = (go: "down" | "right" | "left" | "stay") => {
    if (over.current) return;
    over.current = true;
    take(input.current?.value.trim() ?? "", go);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    event.stopPropagation();
    // Enter that ends a Chinese input method's word is not ours.
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter") end("down");
    else if (event.key === "Tab") end(event.shiftKey ? "left" : "right");
    else if (event.key === "Escape") {
      over.current = true;
      abandon();
    } else return;
    event.preventDefault();
  };
  return (
    <input
      ref={input}
      aria-label={`${product.sku} ${field}`}
      inputMode={number ? "decimal" : "text"}
      defaultValue={begin}
      onKeyDown={onKeyDown}
      onBlur={() => end("stay")}
    />
  );
}

export function cellText(product: Product, draft: Draft | undefined, field: Field) {
  const text = shownOf(product, draft, field);
  return { text, fault: faultOf(field, text, product.price.currency) };
}
