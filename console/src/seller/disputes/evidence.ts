/** Evidence as it is handed in: its kind, what it shows, and the file in base64. Source: DISP-4. */
import type { Schemas } from "../../api/client";

export type EvidenceIn = Schemas["EvidenceIn"];
export const KINDS: readonly EvidenceIn["kind"][] = ["photo", "listing", "count", "tracking", "message", "document"];
export const FAULTS: readonly NonNullable<EvidenceIn["shows"]>[] = [
  "quality", "wrong_item", "short", "badly_packed", "stock_out", "delay", "lost", "wrong_listing", "uncounted_stock",
];
export const LARGEST = 5 * 1024 * 1024;
export const TAKEN = ".jpg,.jpeg,.png,.pdf,.txt";

export interface Entered {
  kind: EvidenceIn["kind"];
  shows?: EvidenceIn["shows"];
  personal?: boolean;
  file: File;
}

export async function evidenceOf({ kind, shows, personal, file }: Entered): Promise<EvidenceIn> {
  return { kind, shows: shows ?? null, personal: personal ?? false, content: await inBase64(file) };
}

function inBase64(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(String(reader.result).split(",", 2)[1] ?? ""));
    reader.addEventListener("error", () => reject(reader.error ?? new Error(file.name)));
    reader.readAsDataURL(file);
  });
}
