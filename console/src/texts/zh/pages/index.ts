/** What a shop's later pages say, a file each. */
import { basis, bills } from "./bills";
import { disputes } from "./disputes";
import { former } from "./former";
import { grid, product } from "./grid";
import { insights } from "./insights";
import { move } from "./move";
import { news } from "./news";
import { people } from "./people";
import { plan } from "./plan";
import { leave, ship_to, standing } from "./standing";

export const pages = { basis, bills, disputes, former, grid, insights, leave, move, news, people, plan, product, ship_to, standing };
