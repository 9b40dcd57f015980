// The register of exceptional measures: the form of a request, the steps of one, and the CISO's permission by card.
"use strict";

const PLACE = "-measure";

const shown = byId("measure");
const open = (measure) => location.assign("/measures/" + measure.id);
const read = (form, name) => form.elements[name].value.trim() || undefined;

/** Does one step; its refusal stands beside the buttons. */
const step = (button, url, body, key) =>
  inTurn([button], PLACE, () => {}, async () => open(await send("POST", url, body, "SERVER_UNREACHABLE", key)));

/** One visit of the form asks once, also when an answer got lost on the way. */
const visit = text64(crypto.getRandomValues(new Uint8Array(18)));

const form = byId("measure-form");
form?.addEventListener("submit", (event) => {
  event.preventDefault();
  const wanted = {
    terminals: (read(form, "terminals") ?? "").split(/[\s,、]+/).filter(Boolean),
    division: read(form, "division"),
    rule: read(form, "rule"),
    reason: read(form, "reason") ?? "",
    substitute: read(form, "substitute") ?? "",
    document: read(form, "document"),
    from: read(form, "from"),
    review: read(form, "review"),
    until: read(form, "until"),
    renews: form.dataset.renews || undefined,
  };
  step(byId("request-button"), "/api/v1/measures", wanted, visit);
});

for (const said of shown?.querySelectorAll("form[data-step]") ?? []) {
  said.addEventListener("submit", (event) => {
    event.preventDefault();
    step(said.querySelector("button"), `/api/v1/measures/${shown.dataset.id}/${said.dataset.step}`, { note: read(said, "note") ?? "" });
  });
}
byId("withdraw-button")?.addEventListener("click", (event) => step(event.currentTarget, `/api/v1/measures/${shown.dataset.id}/withdraw`));
const approve = byId("approve-button");
if (approve) {
  cardButton(approve, "approve", (accepted) => location.assign(accepted.next), { subject: shown.dataset.id, place: PLACE });
}
