// The card desk: each button asks for card and PIN for exactly what it does, then does it.
"use strict";

const PLACE = "-desk";

const hash = async (content) => text64(await crypto.subtle.digest("SHA-256", content));

/** What a button asks for: its own data, or the fields that its form holds. */
async function wishOf(button) {
  const form = button.closest("form");
  const { action, person, card } = button.dataset;
  const wish = { action };
  const field = (name) => form?.elements.namedItem(name);
  const holder = person ?? field("person")?.value.trim();
  if (holder) {
    wish.person = holder;
  }
  const key = card ?? field("card")?.value;
  if (key) {
    wish.card = key;
  }
  const file = field("certificate")?.files[0];
  if (file) {
    wish.certificate = text64(await file.arrayBuffer());
  }
  for (const half of ["first", "second"]) {
    const typed = field(half)?.value.trim();
    if (typed) {
      wish[half] = typed;
    }
  }
  return wish;
}

/** Where it is asked for: what was done with a card elsewhere is only noted. */
function routeOf({ action, ...note }) {
  return action === "card-pin-reset" ? ["/api/v1/desk/pin-reset", note] : ["/api/v1/desk", { action, ...note }];
}

/** What the proof by card is bound to, as the service writes it. */
async function proofOf({ action, person, card, certificate }) {
  const about = certificate ? await hash(bytes(certificate)) : card;
  return [action, person, about].filter(Boolean).join(":");
}

for (const button of document.querySelectorAll("button[data-action]")) {
  const form = button.closest("form");
  let wish = null;
  button.addEventListener("click", (event) => {
    // The browser says what is missing; nobody is asked for a card. Stands before the card's own listener.
    if (form && !form.reportValidity()) {
      event.stopImmediatePropagation();
    }
  });
  cardButton(
    button,
    "step-up",
    async () => {
      try {
        const [route, body] = routeOf(wish);
        const { cards } = await send("POST", route, body, "SERVER_UNREACHABLE");
        // A further card changes nothing yet: it waits for a second word.
        const done = wish.action === "card-register" && cards === 0 ? "card-ask" : wish.action;
        const took = done === "card-pin-reset" && resetBegun !== null ? "&took=" + secondsOfReset() : "";
        location.assign(location.pathname + "?done=" + encodeURIComponent(done) + took);
      } catch (failure) {
        say(null, PLACE);
        showRefusal(failure instanceof Refused ? failure.body : known("INTERNAL"), PLACE);
        byId("refusal" + PLACE).scrollIntoView({ block: "nearest" });
      }
    },
    {
      subject: async () => {
        wish = await wishOf(button);
        return proofOf(wish);
      },
      place: PLACE,
    },
  );
}
/** Seconds since the reset of a PIN began, by this page; null before. Its aim is three minutes. */
let resetBegun = null;
const AIM = 180;

const secondsOfReset = () => (resetBegun === null ? null : Math.floor((performance.now() - resetBegun) / 1000));

function showReset(seconds) {
  const shown = byId("reset-time");
  const text = Math.floor(seconds / 60) + ":" + String(seconds % 60).padStart(2, "0");
  shown.textContent = seconds > AIM ? text + " " + shown.dataset.late : text;
  shown.hidden = false;
}

/** A clock beside the steps of the reset; what it took stands there once it is noted. */
function clockOfReset() {
  const begin = byId("reset-begin");
  if (!begin) {
    return;
  }
  begin.hidden = false;
  begin.addEventListener("click", () => {
    const running = resetBegun !== null;
    resetBegun = performance.now();
    showReset(0);
    if (!running) {
      setInterval(() => showReset(secondsOfReset()), 1000);
    }
  });
  const took = new URLSearchParams(location.search).get("took");
  if (took !== null && /^[0-9]{1,4}$/.test(took)) {
    showReset(Number(took));
  }
}

clockOfReset();
for (const form of document.querySelectorAll("form.desk")) {
  form.addEventListener("submit", (event) => event.preventDefault());
}
