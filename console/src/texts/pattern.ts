/** The Chinese texts of all sides together: what a page may name. */
import type { Like } from "./like";
import type { desk } from "./zh/desk";
import type { seller } from "./zh/seller";
import type { shared } from "./zh/shared";
import type { shell } from "./zh/shell";
import type { supplier } from "./zh/supplier";

export type Texts = Like<typeof shell & typeof shared & typeof seller & typeof supplier & typeof desk>;
