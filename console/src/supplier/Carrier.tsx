import { Select } from "antd";
import { api } from "../api/client";
import { ofBoth } from "../texts/use";

interface Props {
  value?: string;
  onChange?: (code: string) => void;
  id?: string;
  label?: string;
}

/** One of the carriers that the policy in force knows. */
export function Carrier({ label, ...props }: Props) {
  const policies = api.useQuery("get", "/v1/policies", { params: { query: {} } }, { staleTime: Infinity });
  const version = policies.data?.items.find(({ in_force_until }) => in_force_until === null)?.version ?? "";
  const policy = api.useQuery("get", "/v1/policies/{version}", { params: { path: { version } } }, { enabled: version !== "", staleTime: Infinity });
  const options = policy.data?.carriers.map(({ code, names }) => ({ value: code, label: ofBoth(names) }));
  return <Select {...props} aria-label={label} options={options} loading={policy.isPending} showSearch={{ optionFilterProp: "label" }} style={{ minWidth: 180 }} />;
}
