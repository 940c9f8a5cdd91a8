import { useMe } from "../shell/session";

/** Whether whoever sits here may do that for the platform. */
export function useMay(): (permission: string) => boolean {
  const places = useMe().places.filter(({ party }) => party === "operator");
  return (permission) => places.some(({ permissions }) => permissions.includes(permission));
}
