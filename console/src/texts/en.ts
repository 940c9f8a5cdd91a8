import { others } from "./english/others";
import { portal, portalWords } from "./english/portal";
import { seller } from "./english/seller";
import { shell } from "./english/shell";
import { words } from "./english/words";
import type { Texts } from "./zh-CN";

export const texts: Texts = { ...shell, ...seller, ...others, portal, words: { ...words, ...portalWords } };
