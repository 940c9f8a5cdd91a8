/** What a shop's later pages say, a file each. */
import { disputes } from "./disputes";
import { grid, product } from "./grid";
import { people } from "./people";
import { plan } from "./plan";
import { leave, ship_to, standing } from "./standing";

export const pages = { disputes, grid, leave, people, plan, product, ship_to, standing };
