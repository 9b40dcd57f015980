// A page behind a session: covers itself while the session is suspended and keeps every typed letter.
"use strict";

const overlay = byId("lock-overlay");

function cover(title, cause, ended) {
  byId("lock-title").textContent = title;
  byId("lock-cause").textContent = cause;
  for (const button of document.querySelectorAll("#unlock-button, #unlock-passkey-button")) {
    button.hidden = ended;
  }
  byId("login-link").hidden = !ended;
  if (overlay.hidden) {
    showRefusal(null);
    say(null);
    overlay.hidden = false;
    byId("page").inert = true;
    byId(ended ? "login-link" : "unlock-button").focus();
  }
}

function uncover() {
  if (settings.locked === "true") {
    location.reload(); // This page was served without its content.
  } else if (!overlay.hidden) {
    overlay.hidden = true;
    byId("page").inert = false;
  }
}

async function check() {
  try {
    const session = await send("GET", "/api/v1/session", undefined, "SERVER_UNREACHABLE");
    byId("connection").hidden = true;
    if (session.state === "suspended") {
      cover(overlay.dataset.suspended, overlay.getAttribute("data-cause-" + session.cause) ?? "", false);
    } else {
      uncover();
    }
  } catch (failure) {
    const { refusal, text } = failure.body ?? known("INTERNAL");
    byId("connection").hidden = refusal !== "SERVER_UNREACHABLE";
    if (refusal !== "SERVER_UNREACHABLE") {
      cover(text.what, `${text.why} ${text.action}`, refusal !== "SESSION_SUSPENDED");
    }
  }
}

byId("logout-button").addEventListener("click", async () => {
  try {
    await send("POST", "/authn/v1/logout", undefined, "SERVER_UNREACHABLE");
    location.assign("/");
  } catch {
    check();
  }
});
cardButton(byId("unlock-button"), "unlock", uncover);
passkeyButton(byId("unlock-passkey-button"), "unlock", uncover);
repeat(2000, check);
// A session may be looked at where no agent is asked; then there is nothing to say of media.
repeat(3000, () => terminal().catch(() => showMedium()));
