import { useSearchParams } from "react-router";

/** What a page shows stands in its address: read it by name, and set some of it; an empty value is taken out. */
export function useAddress(): [(name: string) => string | undefined, (changes: Record<string, string | undefined>) => void] {
  const [search, setSearch] = useSearchParams();
  const set = (changes: Record<string, string | undefined>) =>
    setSearch((before) => {
      const after = new URLSearchParams(before);
      for (const [name, value] of Object.entries(changes)) {
        if (value) after.set(name, value);
        else after.delete(name);
      }
      return after;
    });
  return [(name) => search.get(name) ?? undefined, set];
}
