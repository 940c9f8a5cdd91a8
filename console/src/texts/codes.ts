/** Which lists of words name the codes of which field of the API: a code that has no word there fails the build. */
import type { Schemas } from "../api/client";
import type { Texts } from "./pattern";

interface Codes {
  answer: Schemas["AnswerOut"]["answer"];
  appeal: Schemas["AppealOut"]["state"];
  basis: Schemas["ForecastPart"]["basis"];
  because: Schemas["PolicyChangeOut"]["because"];
  beneficiary: Schemas["DisputeOut"]["beneficiary"];
  binding: Schemas["BindingOut"]["state"];
  blocker: Schemas["BlockerOut"]["code"];
  calibration: Schemas["CalibrationOut"]["state"];
  charge: Schemas["ChargeOut"]["kind"];
  charge_state: Schemas["ChargeOut"]["state"];
  choice: Schemas["Choice"] | "none";
  condition: Schemas["Condition"];
  decision: Schemas["QualificationDecisionIn"]["decision"];
  departure: Schemas["DepartureOut"]["state"];
  dispute_state: Schemas["DisputeOut"]["state"];
  enrolment: Schemas["EnrolmentOut"]["state"];
  evidence: Schemas["DisputesEvidenceOut"]["kind"];
  exemption: Schemas["ExemptionIn"]["reason"];
  exit: Schemas["ExitOut"]["state"];
  factor: NonNullable<Schemas["LetterOut"]["factor"]>;
  fault: Schemas["DisputeOut"]["cause"] | NonNullable<Schemas["DisputesEvidenceOut"]["shows"]>;
  letter: Schemas["LetterOut"]["state"];
  missing: NonNullable<Schemas["ProductExitOut"]["missing"]>;
  mode: Schemas["ProductOut"]["mode"];
  move: Schemas["MoveListed"]["state"];
  outcome: NonNullable<Schemas["DisputeOut"]["outcome"]>;
  parcel: Schemas["ParcelScan"]["status"];
  part: Schemas["ForecastPart"]["what"] | NonNullable<Schemas["ForecastPart"]["stage"]>;
  payer: NonNullable<Schemas["DisputeOut"]["payer"]>;
  product_exit: Schemas["ProductExitOut"]["state"];
  reason: Schemas["ExitOut"]["reason"];
  rejection: Schemas["RejectionIn"]["code"];
  remedy: Schemas["RemedyIn"]["action"];
  return_reason: Schemas["ReturnsReason"];
  review: Schemas["ReviewOut"]["state"];
  supplier: Schemas["SupplierOut"]["state"];
  supplier_kind: Schemas["SupplierOut"]["kind"];
  unsettled: NonNullable<Schemas["ChargeOut"]["reason"]>;
  verdict: NonNullable<Schemas["AppealOut"]["verdict"]>;
  violation: Schemas["ViolationOut"]["kind"];
  violation_decision: Schemas["StandingDecisionIn"]["decision"];
  violation_state: Schemas["ViolationOut"]["state"];
}

type Wordless = { [List in keyof Codes]: Exclude<Codes[List], keyof Texts["words"][List]> }[keyof Codes];
type None<Found extends never> = Found;

/** Never: what the compiler names here instead is a code without a word. */
export type CodesWithoutAWord = None<Wordless>;
