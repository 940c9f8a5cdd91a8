import { Navigate } from "react-router";
import { homeOf, Session, useMe } from "./session";

/** The address without a path: one is taken to where one works. */
export function FirstPlace() {
  return (
    <Session>
      <ToFirst />
    </Session>
  );
}

function ToFirst() {
  return <Navigate to={homeOf(useMe().places[0])} replace />;
}
