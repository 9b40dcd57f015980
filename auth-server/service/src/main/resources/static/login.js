// The login page: what the reader says before the PIN, and the two buttons.
"use strict";

const box = byId("status");

/** Shows the state of terminal and reader; unchanged words are not spoken again. */
function show(level, code, head, detail) {
  const key = [level, code, head, detail].join("\n");
  if (box.dataset.shown === key) {
    return;
  }
  Object.assign(box.dataset, { shown: key, level, code });
  box.querySelector(".head").textContent = head;
  box.querySelector(".detail").textContent = detail;
}

const login = byId("login-button");

/** What stood in the way at the last look: a card put in meanwhile says who wants to log in. */
let before = null;

/** Insert, PIN, Enter: the staff card that was just put in needs no button. Its last try does. */
function begin(status) {
  const inserted = before === "NO_CARD" && !status.problem && status.triesLeft > 1;
  before = status.problem ?? "";
  if (inserted && !login.disabled && document.hasFocus()) {
    login.click();
  }
}

async function look() {
  try {
    const status = await terminal();
    begin(status);
    byId("terminal").textContent = status.terminal;
    const values = { tries: status.triesLeft, reader: status.reader };
    if (status.problem) {
      const { text } = known(status.problem, values);
      show("problem", status.problem, text.what, `${text.action} ${text.contact}`);
    } else {
      const tries = status.triesLeft === undefined ? "" : box.dataset.tries.replace("{tries}", status.triesLeft);
      show("ready", "READY", box.dataset.ready, [`${box.dataset.reader} ${status.reader ?? "—"}`, tries].filter(Boolean).join(" ／ "));
    }
  } catch (failure) {
    before = null;
    const { refusal, text } = failure.body ?? known("INTERNAL");
    show("problem", refusal, text.what, `${text.action} ${text.contact}`);
    showMedium();
  }
}

cardButton(login, "login", (accepted) => location.assign(accepted.next), { refused: look });
passkeyButton(byId("passkey-button"), "login", (accepted) => location.assign(accepted.next), { refused: look });
login.focus();
repeat(1000, look);
