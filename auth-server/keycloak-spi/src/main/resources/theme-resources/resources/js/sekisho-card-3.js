// The page's one step: gives the terminal's agent the transaction's id and posts its opaque answer. The file's name changes with its content: Keycloak lets browsers keep it for a month.
const AGENT = "http://127.0.0.1:47621";
/** A question lives 90 s; one that is nearly over is asked anew instead. */
const FRESH = 80000;

const byId = (id) => document.getElementById(id);
const form = byId("sekisho-form");
const buttons = [byId("sekisho-button"), byId("sekisho-last-try")];
const shown = Date.now();

function show(body) {
  const box = byId("sekisho-problem");
  box.dataset.code = body?.refusal ?? "";
  box.hidden = !body;
  for (const part of ["what", "why", "action", "contact"]) {
    box.querySelector(`[data-part="${part}"]`).textContent = body?.text?.[part] ?? "";
  }
  byId("sekisho-last").hidden = body?.refusal !== "PIN_LAST_TRY";
  if (body) {
    box.focus();
  }
}

function unreachable() {
  const { unreachable: what, unreachableWhy: why, unreachableAction: action, contact } = form.dataset;
  return { what, why, action, contact };
}

function post(name, value) {
  const field = byId("sekisho-answer");
  field.name = name;
  field.value = value;
  byId("sekisho-progress").textContent = byId("sekisho-progress").dataset.check;
  form.submit();
}

async function run(lastTry) {
  if (Date.now() - shown > FRESH) {
    post("again", "1");
    return;
  }
  buttons.forEach((button) => { button.disabled = true; });
  show(null);
  byId("sekisho-progress").textContent = byId("sekisho-progress").dataset.ask;
  let body = null;
  try {
    const answer = await fetch(AGENT + "/v1/login", {
      method: "POST",
      cache: "no-store",
      headers: { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang },
      body: JSON.stringify({ transaction: form.dataset.transaction, lastTry }),
    });
    body = await answer.json();
  } catch {
    // No agent, or something else in its place: said below.
  }
  if (typeof body?.answer === "string") {
    post("answer", body.answer);
    return;
  }
  byId("sekisho-progress").textContent = "";
  buttons.forEach((button) => { button.disabled = false; });
  show(body?.refusal && body.text ? body : { refusal: "AGENT_UNREACHABLE", text: unreachable() });
}

byId("sekisho-button").addEventListener("click", () => run(false));
byId("sekisho-last-try").addEventListener("click", () => run(true));
if (form.dataset.atOnce === "true") {
  run(false);
}
