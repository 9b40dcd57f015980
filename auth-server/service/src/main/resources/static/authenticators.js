// One's own authenticators: a passkey is made or removed after card and PIN, or a passkey, for just that.
"use strict";

const PLACE = "-passkey";

/** Does what a proof allows; a refusal stands below the form. */
async function proved(act) {
  try {
    await act();
    location.assign("/authenticators");
  } catch (failure) {
    say(null, PLACE);
    showRefusal(failure instanceof Refused ? failure.body : known("INTERNAL"), PLACE);
    byId("refusal" + PLACE).scrollIntoView({ block: "nearest" });
  }
}

async function make() {
  const options = await send("POST", "/api/v1/passkeys/options", undefined, "SERVER_UNREACHABLE");
  say("stepTouch", PLACE);
  const made = await touch("create", {
    challenge: bytes(options.challenge),
    rp: { id: options.rpId, name: "Sekisho" },
    user: { id: bytes(options.user), name: options.name, displayName: options.name },
    pubKeyCredParams: options.algorithms.map((alg) => ({ type: "public-key", alg })),
    excludeCredentials: options.exclude.map((id) => ({ type: "public-key", id: bytes(id) })),
    authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
    attestation: "direct",
    timeout: TOUCH_TIME,
  });
  await send(
    "POST",
    "/api/v1/passkeys",
    {
      label: byId("passkey-label").value,
      id: text64(made.rawId),
      clientDataJson: text64(made.response.clientDataJSON),
      attestationObject: text64(made.response.attestationObject),
    },
    "SERVER_UNREACHABLE",
  );
}

cardButton(byId("register-button"), "step-up", () => proved(make), { subject: "passkey-register", place: PLACE });
byId("passkey-form").addEventListener("submit", (event) => event.preventDefault());

for (const button of document.querySelectorAll("button[data-remove]")) {
  const id = button.dataset.passkey;
  const remove = () => proved(() => send("POST", "/api/v1/passkeys/remove", { id }, "SERVER_UNREACHABLE"));
  const prove = button.dataset.remove === "card" ? cardButton : passkeyButton;
  prove(button, "step-up", remove, { subject: "passkey-remove:" + id, place: PLACE });
}

byId("seen-button")?.addEventListener("click", async () => {
  try {
    await send("POST", "/api/v1/passkeys/seen", undefined, "SERVER_UNREACHABLE");
    location.assign("/log");
  } catch (failure) {
    showRefusal(failure.body ?? known("INTERNAL"), PLACE);
  }
});
