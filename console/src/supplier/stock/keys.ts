/** Counting without a mouse: from count to count by Enter, and from a scanned code to its count and back. */
import { useEffect } from "react";

const FIELDS = ".count input";

/** Enter goes to the next count; after the last, or the only one, back to where codes are scanned. */
export function onwardFrom(event: React.KeyboardEvent<HTMLInputElement>): void {
  const fields = [...document.querySelectorAll<HTMLInputElement>(FIELDS)];
  const next = fields[fields.indexOf(event.currentTarget) + 1];
  (next ?? document.querySelector<HTMLInputElement>(".ant-input-search input"))?.focus();
}

/** What was found by its code is what is counted next. */
export function useFocusOnFound(name: string | undefined): void {
  useEffect(() => {
    if (name !== undefined) document.querySelector<HTMLInputElement>(FIELDS)?.focus();
  }, [name]);
}
