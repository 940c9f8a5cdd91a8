import { useState } from "react";
import { useSupplierId } from "../place";

function kept(key: string): string[] {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "[]") as string[];
  } catch {
    return [];
  }
}

/** What was taken off the shelves and not told yet: kept on this machine, so that a page that is opened anew still knows. */
export function useTicks(): [string[], (taken: string[]) => void] {
  const key = `andon.taken.${useSupplierId()}`;
  const [taken, setTaken] = useState(() => kept(key));
  const keep = (now: string[]) => {
    localStorage.setItem(key, JSON.stringify(now));
    setTaken(now);
  };
  return [taken, keep];
}
