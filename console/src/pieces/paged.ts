/** A list that comes page after page by its cursor, as one. */
export interface Paged<Item> {
  items: Item[];
  next_cursor?: string | null;
}

/** How an infinite query goes on: by `next_cursor`, in the query's own parameter `cursor`. */
export const BY_CURSOR = {
  pageParamName: "cursor",
  // Not undefined, which the library would send as 0.
  initialPageParam: null as string | null,
  getNextPageParam: (page: Paged<unknown>) => page.next_cursor ?? undefined,
} as const;

export function itemsOf<Item>(pages: { pages: Paged<Item>[] } | undefined): Item[] {
  return pages?.pages.flatMap((page) => page.items) ?? [];
}
