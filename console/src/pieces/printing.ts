/** Whether the page is being printed: paper has no second page of a table, and nothing to press. */
import { useSyncExternalStore } from "react";

const onPaper = () => matchMedia("print");

function follow(changed: () => void): () => void {
  const paper = onPaper();
  paper.addEventListener("change", changed);
  return () => paper.removeEventListener("change", changed);
}

export function usePrinting(): boolean {
  return useSyncExternalStore(follow, () => onPaper().matches);
}
