/** Counting without a mouse: from count to count by Enter, and from a scanned code to its count and back. */
import { useEffect } from "react";

const FIELDS = ".count input";
const SCANNED = "input[type=search]";

/** Enter goes to the next count; after the last, or the only one, back to where codes are scanned. */
export function goOnward(): void {
  const fields = [...document.querySelectorAll<HTMLInputElement>(FIELDS)];
  const next = fields[fields.findIndex((field) => field === document.activeElement) + 1];
  (next ?? document.querySelector<HTMLInputElement>(SCANNED))?.focus();
}

/** What was found by its code is what is counted next. */
export function useFocusOnFound(name: string | undefined): void {
  useEffect(() => {
    if (name !== undefined) document.querySelector<HTMLInputElement>(FIELDS)?.focus();
  }, [name]);
}
