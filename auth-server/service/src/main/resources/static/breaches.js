// Cases of 漏えい等: opening one, and by card and PIN for exactly that case what is written anew, reported or closed.
"use strict";

const PLACE = "-breach";

const shown = byId("breach");
const read = (form, name) => form.elements[name].value.trim();
const kinds = (form) => [...form.querySelectorAll("[name=kind]:checked")].map((box) => box.value);
const open = (breach) => location.assign("/breaches/" + breach.id);

/** One visit of the form opens one case, also when an answer got lost on the way. */
const visit = text64(crypto.getRandomValues(new Uint8Array(18)));

const form = byId("breach-form");
async function openCase() {
  const known = read(form, "known");
  const wanted = {
    known: known && new Date(known + "+09:00").toISOString(),
    kinds: kinds(form),
    origin: read(form, "origin") || undefined,
    source: read(form, "source") || undefined,
  };
  open(await send("POST", "/api/v1/breaches", wanted, "SERVER_UNREACHABLE", visit));
}

if (form) {
  const byCard = byId("open-card-button");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    inTurn([byId("open-button")], PLACE, () => {
      // More than are usual in a day: the card says that it is meant.
      byCard.hidden = byId("refusal" + PLACE).dataset.code !== "STEP_UP_NEEDED";
    }, openCase);
  });
  cardButton(byCard, "step-up", () => inTurn([byCard], PLACE, () => {}, openCase), { subject: "breach-open", place: PLACE });
}

/** Nobody types a PIN for what is refused anyway: the first field that has to say something and does not. */
const empty = (form) =>
  [...form.querySelectorAll("[aria-required=true]")].find((field) => !field.value.trim()) ??
  (form.querySelector("[name=kind]:checked") ? undefined : form.querySelector("[name=kind]"));

/** A step that the card proves first; what was typed is taken when the card is asked. */
function step(name, said) {
  const steps = byId(name + "-form");
  if (!steps) {
    return;
  }
  steps.addEventListener("submit", (event) => event.preventDefault());
  const button = byId(name + "-button");
  // What is said of a step stands below its own form; before that of cardButton, so that it is there in time.
  button.addEventListener("click", () => steps.after(byId("progress" + PLACE), byId("refusal" + PLACE)));
  let body = null;
  cardButton(
    button,
    "step-up",
    async () => {
      try {
        open(await send("POST", `/api/v1/breaches/${shown.dataset.id}/${name}`, body, "SERVER_UNREACHABLE"));
      } catch (failure) {
        say(null, PLACE);
        showRefusal(failure instanceof Refused ? failure.body : known("INTERNAL"), PLACE);
        byId("refusal" + PLACE).scrollIntoView({ block: "nearest" });
      }
    },
    {
      subject: () => {
        const missing = empty(steps);
        if (missing) {
          missing.focus();
          throw new Refused(known(steps.dataset.empty));
        }
        body = said(steps);
        return `breach-${name}:${shown.dataset.id}`;
      },
      place: PLACE,
    },
  );
}

step("amend", (it) => ({
  shown: shown.dataset.shown,
  kinds: kinds(it),
  items: Object.fromEntries([...it.querySelectorAll("textarea")].map((field) => [field.name, field.value.trim()])),
}));
step("report", (it) => ({ report: read(it, "report"), date: read(it, "date"), reference: read(it, "reference") }));
step("close", (it) => ({ reason: read(it, "reason") || undefined }));
