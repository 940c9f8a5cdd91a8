import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { App as Stage, ConfigProvider } from "antd";
import { useTranslation } from "react-i18next";
import { RouterProvider } from "react-router/dom";
import { api } from "../api/client";
import { isRefusal } from "../api/refusal";
import { currentLanguage, widgetTextsOf } from "../texts";
import { nonce } from "./nonce";
import { router } from "./routes";
import { theme } from "./theme";

const ME = api.queryOptions("get", "/v1/me").queryKey;

const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    // A session that has run out shows on whichever call comes first: then whoever it was signs in again.
    onError: (error, query) => {
      if (isRefusal(error, 401) && query.queryKey[1] !== ME[1]) void queries.resetQueries({ queryKey: ME });
    },
  }),
  defaultOptions: {
    queries: { staleTime: 5_000, retry: (times, error) => times < 2 && !isRefusal(error) },
  },
});

export function App() {
  useTranslation();
  return (
    <ConfigProvider theme={theme} csp={{ nonce }} locale={widgetTextsOf(currentLanguage())}>
      <Stage>
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </Stage>
    </ConfigProvider>
  );
}
