import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./shell/App";
import "./shell/style.css";
import { beginSpeaking } from "./texts";

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no #root");
await beginSpeaking();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
