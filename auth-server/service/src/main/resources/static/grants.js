// The page of exceptions: the form of a request, the steps of one, and its approval by card.
"use strict";

const PLACE = "-grant";

/** Does one step; its refusal stands beside the buttons. */
async function step(button, url, body, done, key, place = PLACE) {
  button.disabled = true;
  showRefusal(null, place);
  try {
    done(await send("POST", url, body, "SERVER_UNREACHABLE", key));
  } catch (failure) {
    showRefusal(failure instanceof Refused ? failure.body : known("INTERNAL"), place);
    byId("refusal" + place).scrollIntoView({ block: "nearest" });
  } finally {
    button.disabled = false;
  }
}

const open = (grant) => location.assign("/grants/" + grant.id);

/** A field's text; undefined when it is empty, so that the service says what is missing. */
const text = (form, name) => form.elements[name].value.trim() || undefined;
const number = (form, name) => (text(form, name) === undefined ? undefined : Number(text(form, name)));

/** What the field holds is Japan Standard Time, wherever the terminal's clock stands. */
function time(form, name) {
  const value = text(form, name);
  return value && value.slice(0, 16) + ":00+09:00";
}

/** One visit of the form asks once, also when an answer got lost on the way. */
const visit = text64(crypto.getRandomValues(new Uint8Array(18)));

const form = byId("grant-form");
const kind = form?.elements.capability;

/** Only what the kind of use needs is asked for. */
function fit() {
  for (const part of form.querySelectorAll("[data-for]")) {
    part.hidden = !part.dataset.for.split(" ").includes(kind.value || "usb-read");
  }
}
kind?.addEventListener("change", fit);
if (kind) {
  fit();
}

const EXPORTS = ["usb-export-encrypted", "export-plain"];
const OF_NO_MEDIUM = ["media-import", "clipboard"];
const UNITS = { KiB: 1024, MiB: 1048576, GiB: 1073741824 };

const amount = () => Math.round((number(form, "size") ?? 0) * UNITS[form.elements.unit.value]);

/** What comes in or goes over a boundary; what is missing the service refuses by name. */
function bounds() {
  if (!OF_NO_MEDIUM.includes(kind.value)) {
    return undefined;
  }
  return { files: kind.value === "clipboard" ? 0 : (number(form, "files") ?? 0), bytes: amount() };
}

/** What leaves; a number that is missing is one that the service refuses by name. */
function leaving() {
  if (!EXPORTS.includes(kind.value)) {
    return undefined;
  }
  const plain = kind.value === "export-plain";
  const names = plain ? form.elements.names.value.split("\n").map((line) => line.trim()).filter(Boolean) : undefined;
  return {
    recipient: text(form, "recipient") ?? "",
    files: plain ? names.length : (number(form, "files") ?? 0),
    bytes: amount(),
    names,
  };
}

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  const corrects = form.dataset.corrects;
  step(
    byId("request-button"),
    corrects ? `/api/v1/grants/${corrects}/correct` : "/api/v1/grants",
    {
      person: text(form, "person") ?? "",
      terminal: text(form, "terminal") ?? "",
      medium: OF_NO_MEDIUM.includes(kind.value) ? undefined : (text(form, "medium") ?? ""),
      reason: text(form, "reason") ?? "",
      document: text(form, "document"),
      legalBasis: text(form, "legalBasis"),
      providedTo: text(form, "providedTo"),
      subjects: number(form, "subjects") ?? -1,
      start: time(form, "start"),
      end: time(form, "end"),
      minutes: number(form, "minutes"),
      capability: kind.value || undefined,
      attendant: text(form, "attendant"),
      export: leaving(),
      bounds: bounds(),
      series: form.elements.repeat?.value && kind.value === "usb-read"
        ? { repeat: text(form, "repeat"), count: number(form, "count") ?? 0, others: text(form, "others")?.split(/[\s,、，]+/u) }
        : undefined,
    },
    open,
    visit,
  );
});

const again = () => location.assign("/grants");
const absence = byId("absence-form");
absence?.addEventListener("submit", (event) => {
  event.preventDefault();
  const said = { person: text(absence, "person") ?? "", start: time(absence, "start") ?? "", end: time(absence, "end") ?? "" };
  step(byId("absence-button"), "/api/v1/absences", said, again, undefined, "-deputy");
});
for (const button of document.querySelectorAll("button[data-absence]")) {
  button.addEventListener("click", () => step(button, "/api/v1/absences/end", { absence: button.dataset.absence }, again, undefined, "-deputy"));
}

const reported = () => location.assign("/emergencies");
for (const report of document.querySelectorAll("form[data-report]")) {
  report.addEventListener("submit", (event) => {
    event.preventDefault();
    const said = { people: text(report, "people") ?? "", contents: text(report, "contents") ?? "", document: text(report, "document") ?? "" };
    step(report.querySelector("button"), `/api/v1/emergencies/${report.dataset.report}/report`, said, reported, undefined, "-emergency");
  });
}
for (const button of document.querySelectorAll("button[data-confirm]")) {
  const body = { detail: button.dataset.detail };
  button.addEventListener("click", () => step(button, `/api/v1/emergencies/${button.dataset.confirm}/confirm`, body, reported, undefined, "-emergency"));
}

const shown = byId("grant");
const extend = byId("extend-form");
extend?.addEventListener("submit", (event) => {
  event.preventDefault();
  const more = { reason: text(extend, "reason") ?? "", end: time(extend, "end"), minutes: number(extend, "minutes") };
  step(byId("extend-button"), `/api/v1/grants/${shown.dataset.id}/extend`, more, open);
});
const used = byId("use-report-form");
used?.addEventListener("submit", (event) => {
  event.preventDefault();
  step(byId("use-report-button"), `/api/v1/grants/${shown.dataset.id}/report`, { said: text(used, "said") ?? "" }, open);
});
const handOver = byId("hand-over-form");
handOver?.addEventListener("submit", (event) => {
  event.preventDefault();
  step(byId("hand-over-button"), `/api/v1/grants/${shown.dataset.id}/hand-over`, { receipt: text(handOver, "receipt") ?? "" }, open);
});
const remand = byId("remand-form");
remand?.addEventListener("submit", (event) => {
  event.preventDefault();
  step(byId("remand-button"), `/api/v1/grants/${shown.dataset.id}/remand`, { reason: text(remand, "reason") ?? "" }, open);
});
for (const button of shown?.querySelectorAll("button[data-step]") ?? []) {
  button.addEventListener("click", () => step(button, `/api/v1/grants/${shown.dataset.id}/${button.dataset.step}`, undefined, open));
}
const approve = byId("approve-button");
if (approve) {
  cardButton(approve, "approve", (accepted) => location.assign(accepted.next), { subject: shown.dataset.id, place: PLACE });
}
