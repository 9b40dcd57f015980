// The first start, by the first administrator's card: cards of the others, the officers' files, the end.
"use strict";

const PLACE = "-steps";

const hash = async (content) => text64(await crypto.subtle.digest("SHA-256", content));

/** A chosen file; in parts, for a call takes only so many arguments. */
async function file64(id) {
  const content = await byId(id).files[0].arrayBuffer();
  const parts = [];
  for (let at = 0; at < content.byteLength; at += 30000) {
    parts.push(text64(content.slice(at, at + 30000))); // a multiple of 3, so that the parts join
  }
  return parts.join("");
}

async function told(work) {
  try {
    await work();
    location.assign("/setup/steps");
  } catch (failure) {
    say(null, PLACE);
    showRefusal(failure instanceof Refused ? failure.body : known("INTERNAL"), PLACE);
    byId("refusal" + PLACE).scrollIntoView({ block: "nearest" });
  }
}

/** A button of a form: nobody is asked for a card while something is missing. Stands before the card's own listener. */
function formButton(id, subject, work) {
  const button = byId(id);
  if (!button) {
    return;
  }
  const form = button.closest("form");
  form?.addEventListener("submit", (event) => event.preventDefault());
  button.addEventListener("click", (event) => {
    if (form && !form.reportValidity()) {
      event.stopImmediatePropagation();
    }
  });
  cardButton(button, "step-up", () => told(work), { subject, place: PLACE });
}

let card = null;
formButton(
  "card-button",
  async () => {
    card = { action: "card-register", person: byId("card-person").value, certificate: await file64("card-file") };
    return `${card.action}:${card.person}:${await hash(bytes(card.certificate))}`;
  },
  () => send("POST", "/api/v1/desk", card, "SERVER_UNREACHABLE"),
);

let files = null;
formButton(
  "policy-button",
  async () => {
    const body = {
      root: await file64("root"),
      rootSignatures: await file64("root-sig"),
      policy: await file64("policy"),
      policySignatures: await file64("policy-sig"),
      rootHash: byId("root-hash").value.trim(),
    };
    files = new Blob([JSON.stringify(body)]);
    return "setup-policy:" + (await hash(await files.arrayBuffer()));
  },
  () => send("POST", "/api/v1/setup/policy", files, "SERVER_UNREACHABLE"),
);

formButton("finish-button", "setup-finish", async () => {
  await send("POST", "/api/v1/setup/finish", {}, "SERVER_UNREACHABLE");
  location.replace("/log");
  await new Promise(() => {}); // the page is leaving
});
