// A passkey's answer for another system: proved here, where the passkey works, and posted back there.
"use strict";

const form = byId("relying-form");
byId("relying-button").addEventListener("click", () =>
  inTurn([byId("relying-button")], "", () => {}, async () => {
    const answer = await passkeyAnswer(form.dataset.transaction);
    byId("relying-answer").value = "passkey." + text64(new TextEncoder().encode(JSON.stringify(answer)));
    say("stepDone");
    form.submit();
  }),
);
byId("relying-button").focus();
