// What the pages share: calls that end in an answer or a refusal, and the way from card to session.
"use strict";

const byId = (id) => document.getElementById(id);
const settings = document.body.dataset;

/** A refusal's body as any side of Sekisho sends it. */
class Refused extends Error {
  constructor(body) {
    super(body.refusal);
    this.body = body;
  }
}

/** The body of a refusal that nobody could send, or that came as a bare code: its words are in the page. */
function known(code, values = {}) {
  const words = document.querySelector(`#problems [data-code="${code}"]`) ?? document.querySelector('#problems [data-code="INTERNAL"]');
  const fill = (text) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "—");
  const { what, why, action, contact } = words.dataset;
  return { refusal: code, text: { what: fill(what), why: fill(why), action: fill(action), contact: fill(contact) } };
}

/**
 * Sends JSON, or a file's bytes, and reads JSON; throws Refused, with the code `unreachable` when no answer came.
 * What is sent again under the same `key` is done once.
 */
async function send(method, url, body, unreachable, key) {
  const type = body instanceof Blob ? "application/octet-stream" : "application/json";
  let answer;
  let text;
  try {
    answer = await fetch(url, {
      method,
      cache: "no-store",
      credentials: "same-origin",
      headers: { "Accept-Language": document.documentElement.lang, ...(body && { "Content-Type": type }), ...(key && { "Idempotency-Key": key }) },
      body: body instanceof Blob ? body : body && JSON.stringify(body),
    });
    text = await answer.text();
  } catch {
    throw new Refused(known(unreachable));
  }
  let json = null;
  try {
    json = text === "" ? {} : JSON.parse(text);
  } catch {
    // Something between us and the other side answered in its place.
  }
  if (json === null || !answer.ok) {
    throw new Refused(json?.refusal && json?.text ? json : known(answer.ok ? unreachable : "INTERNAL"));
  }
  return json;
}

/** Shows or hides a refusal; `place` ends the ids of the page's part it belongs to. */
function showRefusal(body, place = "") {
  const box = byId("refusal" + place);
  box.dataset.code = body?.refusal ?? "";
  box.hidden = !body;
  for (const part of ["what", "why", "action", "contact"]) {
    box.querySelector(`[data-part="${part}"]`).textContent = body?.text[part] ?? "";
  }
  box.querySelector('[data-part="code"]').textContent = body ? [body.refusal, body.reference].filter(Boolean).join(" ") : "";
  byId("last-try-button" + place).hidden = body?.refusal !== "PIN_LAST_TRY";
}

/** Says what the terminal does with a medium that is plugged in; unchanged words are not spoken again. */
function showMedium({ export: open, mediumProblem: problem } = {}) {
  const box = byId("medium");
  let words = ["", "", ""];
  if (open) {
    const fill = (text) => text.replace("{medium}", open.medium).replace("{minutes}", open.minutesLeft).replace("{place}", open.mountPoint);
    words = ["OPEN", fill(box.dataset.open), fill(box.dataset.place)];
  } else if (problem) {
    const { what, why, action, contact } = known(problem).text;
    words = [problem, what, `${why} ${action} ${contact}`];
  }
  if (box.dataset.shown !== words.join("\n")) {
    Object.assign(box.dataset, { shown: words.join("\n"), code: words[0] });
    box.hidden = words[0] === "";
    box.querySelector(".head").textContent = words[1];
    box.querySelector(".detail").textContent = words[2];
  }
}

/** What the terminal's agent says of itself, its reader and its media. */
async function terminal() {
  const status = await send("GET", settings.agent + "/v1/status", undefined, "AGENT_UNREACHABLE");
  showMedium(status);
  return status;
}

/** Says a step of the login; `step` names a data-step-… of the progress line. */
function say(step, place = "") {
  const line = byId("progress" + place);
  line.textContent = step ? line.dataset[step] : "";
}

/** Does `work` with its buttons off; what it throws is shown at `place`, and `refused` is told. */
async function inTurn(buttons, place, refused, work) {
  const disable = (off) => buttons.forEach((button) => { button.disabled = off; });
  disable(true);
  showRefusal(null, place);
  try {
    await work();
  } catch (failure) {
    say(null, place);
    showRefusal(failure instanceof Refused ? failure.body : known("INTERNAL"), place);
    byId("refusal" + place).scrollIntoView({ block: "nearest" });
    refused();
  } finally {
    disable(false);
  }
}

/**
 * Lets `button` and the last-try button lead through question, PIN window and answer to `done`, or
 * to `refused` once it is told; `subject` is what an approval or a step-up is about, or a function that says so then.
 * Of several buttons at one place the last-try button goes on with the one pressed last.
 */
function cardButton(button, purpose, done, { subject = undefined, place = "", refused = () => {} } = {}) {
  const lastTry = byId("last-try-button" + place);
  const run = (useLastTry) =>
    inTurn([button, lastTry], place, refused, async () => {
      lastTry.onclick = () => run(true);
      say("stepAsk", place);
      const about = await (typeof subject === "function" ? subject() : subject);
      const question = await send("POST", "/authn/v1/transactions", { purpose, subject: about }, "SERVER_UNREACHABLE");
      say("stepPin", place);
      const { transaction } = question;
      const answer = await send("POST", settings.agent + "/v1/login", { transaction, lastTry: useLastTry }, "AGENT_UNREACHABLE");
      say("stepCheck", place);
      const accepted = await send("POST", `/authn/v1/transactions/${transaction}/answer`, answer, "SERVER_UNREACHABLE");
      say("stepDone", place);
      done(accepted);
    });
  button.addEventListener("click", () => run(false));
}

/** How long an authenticator may be asked, in ms; a question lives 90 s. */
const TOUCH_TIME = 60000;

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text64 = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

/** Asks an authenticator to `create` or to `get`; what browsers say of a failure becomes a refusal. */
async function touch(act, publicKey) {
  if (!navigator.credentials || !window.PublicKeyCredential) {
    throw new Refused(known("PASSKEY_INVALID"));
  }
  try {
    return await navigator.credentials[act]({ publicKey });
  } catch (failure) {
    const codes = { NotAllowedError: "PASSKEY_CANCELLED", AbortError: "PASSKEY_CANCELLED", InvalidStateError: "PASSKEY_TAKEN" };
    throw new Refused(known(codes[failure?.name] ?? "PASSKEY_INVALID"));
  }
}

/** What a passkey says to a question: the terminal's word for it, touch, answer. */
async function passkeyAnswer(transaction, place = "") {
  const voucher = await send("POST", settings.agent + "/v1/passkey", { transaction }, "AGENT_UNREACHABLE");
  say("stepTouch", place);
  const given = await touch("get", {
    challenge: bytes(voucher.challenge),
    rpId: location.hostname,
    userVerification: "required",
    timeout: TOUCH_TIME,
  });
  say("stepCheck", place);
  return {
    id: text64(given.rawId),
    authenticatorData: text64(given.response.authenticatorData),
    clientDataJson: text64(given.response.clientDataJSON),
    signature: text64(given.response.signature),
    userHandle: text64(given.response.userHandle ?? new ArrayBuffer(0)),
    terminalStatement: voucher.statement,
    terminalSignature: voucher.signature,
  };
}

/** As cardButton, by passkey: question, the terminal's word for it, touch, answer. No button where no model is listed. */
function passkeyButton(button, purpose, done, { subject = undefined, place = "", refused = () => {} } = {}) {
  button?.addEventListener("click", () =>
    inTurn([button], place, refused, async () => {
      say("stepAsk", place);
      const { transaction } = await send("POST", "/authn/v1/transactions", { purpose, subject }, "SERVER_UNREACHABLE");
      const answer = await passkeyAnswer(transaction, place);
      const accepted = await send("POST", `/authn/v1/transactions/${transaction}/passkey`, answer, "SERVER_UNREACHABLE");
      say("stepDone", place);
      done(accepted);
    }),
  );
}

/** Calls `task` now and again `pause` ms after each end; a hidden page rests. */
async function repeat(pause, task) {
  for (;;) {
    if (!document.hidden) {
      await task();
    }
    await new Promise((resume) => setTimeout(resume, pause));
  }
}
