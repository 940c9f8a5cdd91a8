/** What a shop's later pages say, a file each. */
import { bills } from "./bills";
import { disputes } from "./disputes";
import { grid, product } from "./grid";
import { insights } from "./insights";
import { move } from "./move";
import { people } from "./people";
import { plan } from "./plan";
import { leave, ship_to, standing } from "./standing";

export const pages = { bills, disputes, grid, insights, leave, move, people, plan, product, ship_to, standing };
