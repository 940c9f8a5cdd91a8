import type { Like } from "./like";
import { others } from "./zh/others";
import { portal, portalWords } from "./zh/portal";
import { seller } from "./zh/seller";
import { shell } from "./zh/shell";
import { words } from "./zh/words";

const chinese = { ...shell, ...seller, ...others, portal, words: { ...words, ...portalWords } };

export type Texts = Like<typeof chinese>;
export const texts: Texts = chinese;
