import { useForms, type Forms } from "../texts/use";

/** The platform's own zone, which its clocks are shown in. */
export const ZONE = "Asia/Shanghai";

export const useDeskForms = (): Forms => useForms(ZONE);
