/** What people of a shop may be; the first may all. */
export const ROLES = ["owner", "finance", "clerk"] as const;
export type Role = (typeof ROLES)[number];
