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
  const { options, isPending } = useCarriers();
  return <Select {...props} aria-label={label} placeholder={label} options={options} loading={isPending} showSearch={{ optionFilterProp: "label" }} style={{ minWidth: 180 }} />;
}

/** The carriers as options, and what each is called. */
export function useCarriers() {
  const policies = api.useQuery("get", "/v1/policies", { params: { query: {} } }, { staleTime: Infinity });
  const version = policies.data?.items.find(({ in_force_until }) => in_force_until === null)?.version ?? "";
  const policy = api.useQuery("get", "/v1/policies/{version}", { params: { path: { version } } }, { enabled: version !== "", staleTime: Infinity });
  const options = policy.data?.carriers.map(({ code, names }) => ({ value: code, label: ofBoth(names) }));
  const nameOf = (code: string) => options?.find(({ value }) => value === code)?.label ?? code;
  return { options, nameOf, isPending: policy.isPending };
}
