// The register of media: registering, losing and disposing by card and PIN for exactly that, loans and the count.
"use strict";

const PLACE = "-media";

const read = (form, name) => form.elements[name].value.trim();

/** What the card is asked for; a wish that has not even its form is refused before anybody types a PIN. */
function wish(button, action, form, names, url) {
  let body = null;
  cardButton(
    button,
    "step-up",
    async () => {
      try {
        await send("POST", url, body, "SERVER_UNREACHABLE");
        location.assign("/media");
      } catch (failure) {
        say(null, PLACE);
        showRefusal(failure instanceof Refused ? failure.body : known("INTERNAL"), PLACE);
        byId("refusal" + PLACE).scrollIntoView({ block: "nearest" });
      }
    },
    {
      subject: () => {
        body = Object.fromEntries(names.map((name) => [name, read(form, name)]));
        return action(body);
      },
      place: PLACE,
    },
  );
}

const register = byId("register-form");
if (register) {
  const dispose = byId("dispose-form");
  wish(byId("register-button"), (it) => `medium-register:${it.medium}:${it.fingerprint}`, register, ["medium", "fingerprint"], "/api/v1/media");
  wish(byId("dispose-button"), (it) => `medium-dispose:${it.medium}`, dispose, ["medium", "reference"], "/api/v1/media/dispose");
  const lose = byId("lose-form");
  wish(byId("lose-button"), (it) => `medium-lose:${it.medium}`, lose, ["medium", "reference"], "/api/v1/media/lose");
  for (const form of [register, dispose, lose]) {
    form.addEventListener("submit", (event) => event.preventDefault());
  }
}

/** What a count found, in the words of the page. */
function tell(counted) {
  const box = byId("counted");
  const fill = (text) => text.replace("{present}", counted.present).replace("{expected}", counted.expected).replace("{reference}", counted.reference);
  const lists = ["missing", "out", "unreturned", "foreign"].filter((name) => counted[name].length > 0);
  box.textContent = [fill(box.dataset.all), ...lists.map((name) => box.dataset[name] + " " + counted[name].join(" "))].join(" ");
  box.dataset.level = counted.missing.length > 0 ? "problem" : "ready";
  box.hidden = false;
  box.scrollIntoView({ block: "nearest" });
}

/** What goes out and comes back at the counter; it opens nothing, so no card is asked for. */
function move(form, button, names, url) {
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    const body = Object.fromEntries(names.map((name) => [name, read(form, name)]));
    inTurn([byId(button)], PLACE, () => {}, async () => {
      await send("POST", url, body, "SERVER_UNREACHABLE");
      location.assign("/media");
    });
  });
}
move(byId("check-out-form"), "check-out-button", ["medium", "person", "due", "reference"], "/api/v1/media/check-out");
move(byId("check-in-form"), "check-in-button", ["medium"], "/api/v1/media/check-in");

const count = byId("count-form");
count?.addEventListener("submit", (event) => {
  event.preventDefault();
  byId("counted").hidden = true;
  inTurn([byId("count-button")], PLACE, () => {}, async () => {
    const found = read(count, "found").split(/[\s,、]+/).filter(Boolean);
    tell(await send("POST", "/api/v1/media/count", { reference: read(count, "reference"), found }, "SERVER_UNREACHABLE"));
  });
});
