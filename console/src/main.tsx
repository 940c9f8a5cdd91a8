/** The first script, and a small one: it asks for what the page needs while the large one is still on its way. */
import { askAhead } from "./api/ahead";
import { beginSpeaking } from "./texts";

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no #root");
askAhead(window.location.pathname);
// Nothing waits here at the top: the large script needs this one, and would wait for it in turn.
void Promise.all([import("./shell/show"), beginSpeaking()]).then(([{ show }]) => show(root));
