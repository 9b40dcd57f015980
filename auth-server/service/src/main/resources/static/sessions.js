// Open sessions: one's own end at once, another person's after card and PIN for just that one.
"use strict";

const PLACE = "-sessions";

async function end(session) {
  try {
    await send("POST", "/api/v1/sessions/end", { session }, "SERVER_UNREACHABLE");
    const here = new URL(location.href);
    here.searchParams.set("ended", "");
    location.assign(here);
  } catch (failure) {
    say(null, PLACE);
    showRefusal(failure instanceof Refused ? failure.body : known("INTERNAL"), PLACE);
    byId("refusal" + PLACE).scrollIntoView({ block: "nearest" });
  }
}

for (const button of document.querySelectorAll("button[data-end]")) {
  const { session } = button.dataset;
  if (button.dataset.end === "own") {
    button.addEventListener("click", () => end(session));
  } else {
    cardButton(button, "step-up", () => end(session), { subject: "session-end:" + session, place: PLACE });
  }
}
