import { useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { useSay } from "../../pieces/say";
import { useWords } from "../../texts/use";
import { useMay } from "../may";
import { Decide } from "../Decide";

type Decision = Schemas["QualificationDecisionIn"]["decision"];
const NEXT: Record<Schemas["SupplierOut"]["state"], readonly Decision[]> = {
  applied: [],
  under_review: ["qualify", "decline"],
  qualified: ["suspend", "retire"],
  suspended: ["restore", "retire"],
  declined: [],
  retired: [],
};

/** What may be decided about a supplier where it stands: each asks why. */
export function Decisions({ supplier }: { supplier: Schemas["SupplierFileOut"] }) {
  const { t } = useTranslation();
  const word = useWords();
  const say = useSay();
  const may = useMay();
  const queries = useQueryClient();
  const [asked, setAsked] = useState<Decision | null>(null);
  const [said, setSaid] = useState<Decision>("qualify");
  const told = {
    onError: say.failed,
    onSuccess: async () => {
      setAsked(null);
      await queries.invalidateQueries();
    },
  };
  const params = { path: { supplier_id: supplier.id } };
  const review = api.useMutation("post", "/v1/suppliers/{supplier_id}/review", told);
  const decide = api.useMutation("post", "/v1/suppliers/{supplier_id}/decision", told);
  if (!may("suppliers.write")) return null;
  return (
    <>
      {supplier.state === "applied" && <Button type="primary" loading={review.isPending} onClick={() => review.mutate({ params })}>{t("desk.take_up")}</Button>}
      {NEXT[supplier.state].map((decision, place) => (
        <Button
          key={decision}
          type={place === 0 && decision !== "suspend" ? "primary" : "default"}
          danger={decision === "suspend" || decision === "retire"}
          onClick={() => {
            setSaid(decision);
            setAsked(decision);
          }}
        >
          {word("decision", decision)}
        </Button>
      ))}
      <Decide
        open={asked !== null}
        title={t("desk.decision_sure", { decision: word("decision", said), name: supplier.name })}
        close={() => setAsked(null)}
        sending={decide.isPending}
        send={(note) => decide.mutate({ params, body: { decision: said, note } })}
      />
    </>
  );
}
