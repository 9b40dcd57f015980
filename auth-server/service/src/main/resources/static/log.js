// The log page: its auditors set and lift legal holds, naming the document that orders it, and take the bundle with names.
"use strict";

const PLACE = "-log";

const form = byId("hold-form");
form?.addEventListener("submit", (event) => {
  event.preventDefault();
  const hold = event.submitter?.dataset.lift ?? "";
  const reference = byId("hold-reference").value.trim();
  inTurn([...form.querySelectorAll("button")], PLACE, () => {}, async () => {
    await send("POST", hold ? "/api/v1/log/holds/lift" : "/api/v1/log/holds", { hold, reference }, "SERVER_UNREACHABLE");
    location.assign("/log");
  });
});

/** The bundle whose table of names is sealed to the code on this page; a code is used once. */
byId("names-button")?.addEventListener("click", (event) => {
  const button = event.currentTarget;
  inTurn([button], "-names", () => {}, async () => {
    const answer = await fetch("/api/v1/log/export", {
      method: "POST",
      cache: "no-store",
      credentials: "same-origin",
      headers: { "Accept-Language": document.documentElement.lang, "Content-Type": "application/json" },
      body: JSON.stringify({ log: button.dataset.log, code: byId("names-code").textContent }),
    }).catch(() => {
      throw new Refused(known("SERVER_UNREACHABLE"));
    });
    if (!answer.ok) {
      const body = await answer.json().catch(() => null);
      throw new Refused(body?.refusal && body?.text ? body : known("INTERNAL"));
    }
    const name = /filename="([\w.-]+)"/.exec(answer.headers.get("Content-Disposition"))?.[1] ?? "sekisho.zip";
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await answer.blob());
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  });
});
