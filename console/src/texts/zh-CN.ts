import type { Like } from "./like";
import { others } from "./zh/others";
import { seller } from "./zh/seller";
import { shell } from "./zh/shell";
import { words } from "./zh/words";

const chinese = { ...shell, ...seller, ...others, words };

export type Texts = Like<typeof chinese>;
export const texts: Texts = chinese;
