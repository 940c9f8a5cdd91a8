/** Which address shows what; each page is loaded when it is first shown. */
import { createBrowserRouter, type RouteObject } from "react-router";
import { Broken } from "./Broken";
import { FirstPlace } from "./FirstPlace";
import { Waiting } from "../pieces/Waiting";
import { learn } from "../texts";

type Page = { Component: React.ComponentType };
const page = (load: () => Promise<Page>): RouteObject["lazy"] => load;
/** A page, or the frame of pages, whose texts are fetched with it. */
const side = (load: () => Promise<Page>, texts: "seller" | "supplier" | "desk"): RouteObject["lazy"] => async () => {
  const [loaded] = await Promise.all([load(), learn("shared", texts)]);
  return loaded;
};

export const routes: RouteObject[] = [
  {
    ErrorBoundary: Broken,
    HydrateFallback: Waiting,
    children: [
      { path: "/sign-in", lazy: page(() => import("./SignIn")) },
      { path: "/invitation", lazy: page(() => import("./Invitation")) },
      { path: "/password", lazy: page(() => import("./Password")) },
      { index: true, Component: FirstPlace },
      {
        path: "/seller",
        lazy: page(() => import("../seller/Frame")),
        children: [
          { index: true, lazy: page(() => import("../seller/home/HomePage")) },
          {
            path: ":shop",
            lazy: side(() => import("../seller/OneShop"), "seller"),
            children: [
              { path: "orders", lazy: page(() => import("../seller/orders/OrdersPage")) },
              { path: "suppliers", lazy: page(() => import("../seller/suppliers/SuppliersPage")) },
              { path: "mappings", lazy: page(() => import("../seller/mappings/MappingsPage")) },
              { path: "settings", lazy: page(() => import("../seller/settings/SettingsPage")) },
              { path: "products", lazy: page(() => import("../seller/products/ProductsPage")) },
              { path: "funds", lazy: page(() => import("../seller/funds/FundsPage")) },
              { path: "plan", lazy: page(() => import("../seller/plan/PlanPage")) },
              { path: "disputes", lazy: page(() => import("../seller/disputes/DisputesPage")) },
              { path: "insights", lazy: page(() => import("../seller/insights/InsightsPage")) },
              { path: "standing", lazy: page(() => import("../seller/standing/StandingPage")) },
              { path: "news", lazy: page(() => import("../seller/news/NewsPage")) },
              { path: "people", lazy: page(() => import("../seller/people/PeoplePage")) },
              { path: "leaving", lazy: page(() => import("../seller/exit/ExitPage")) },
            ],
          },
        ],
      },
      {
        path: "/supplier/:supplier",
        lazy: side(() => import("../supplier/Frame"), "supplier"),
        children: [
          { index: true, lazy: page(() => import("../supplier/today/TodayPage")) },
          { path: "pick", lazy: page(() => import("../supplier/pick/PickPage")) },
          { path: "pack", lazy: page(() => import("../supplier/pack/PackPage")) },
          { path: "handovers", lazy: page(() => import("../supplier/handovers/HandoversPage")) },
          { path: "stock", lazy: page(() => import("../supplier/stock/StockPage")) },
          { path: "disputes", lazy: page(() => import("../supplier/disputes/DisputesPage")) },
          { path: "money", lazy: page(() => import("../supplier/money/MoneyPage")) },
          { path: "shops", lazy: page(() => import("../supplier/shops/ShopsPage")) },
          { path: "hours", lazy: page(() => import("../supplier/hours/HoursPage")) },
          { path: "notices", lazy: page(() => import("../supplier/notices/NoticesPage")) },
          { path: "returns", lazy: page(() => import("../supplier/returns/ReturnsPage")) },
          { path: "parting", lazy: page(() => import("../supplier/parting/PartingPage")) },
          { path: "people", lazy: page(() => import("../supplier/people/PeoplePage")) },
          { path: "pushes", lazy: page(() => import("../supplier/pushes/PushesPage")) },
        ],
      },
      {
        path: "/desk",
        lazy: side(() => import("../desk/Frame"), "desk"),
        children: [
          { index: true, lazy: page(() => import("../desk/exits/ExitsPage")) },
          { path: "disputes", lazy: page(() => import("../desk/disputes/DisputesPage")) },
          { path: "appeals", lazy: page(() => import("../desk/AppealsPage")) },
          { path: "violations", lazy: page(() => import("../desk/ViolationsPage")) },
          { path: "suppliers", lazy: page(() => import("../desk/suppliers/SuppliersPage")) },
          { path: "suppliers/:supplier", lazy: page(() => import("../desk/suppliers/SupplierPage")) },
          { path: "reviews", lazy: page(() => import("../desk/suppliers/ReviewsPage")) },
          { path: "orders", lazy: page(() => import("../desk/StuckPage")) },
          { path: "exemptions", lazy: page(() => import("../desk/ExemptionsPage")) },
          { path: "policies", lazy: page(() => import("../desk/policies/PoliciesPage")) },
          { path: "record", lazy: page(() => import("../desk/record/RecordPage")) },
          { path: "health", lazy: page(() => import("../desk/health/HealthPage")) },
        ],
      },
      { path: "*", lazy: page(() => import("./Nowhere")) },
    ],
  },
];

export const router = createBrowserRouter(routes);
