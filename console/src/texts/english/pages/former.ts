import type { Like } from "../../like";
import type { former as pattern } from "../../zh/pages/former";

export const former: Like<typeof pattern> = {
  title: "Of the last membership",
  now_mapped: "Mapped now",
  none: "No mappings of a last membership",
  now: "Now",
  able: "can be restored",
  all: "Restore all",
  chosen: "Restore these ({{count}})",
  restored: "{{count}} mapping(s) restored",
  refused: "{{count}} could not be restored",
};
