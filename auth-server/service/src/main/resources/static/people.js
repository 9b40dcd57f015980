// People and posts: a personnel file is looked at in words, then taken after card and PIN for exactly those bytes.
"use strict";

const PLACE = "-order";
let looked = null; // the file as it was looked at: its bytes and their hash

function list(id, lines) {
  byId(id).replaceChildren(
    ...lines.map((line) => {
      const item = document.createElement("li");
      item.textContent = line;
      return item;
    }),
  );
  byId(id + "-part").hidden = lines.length === 0;
}

function person({ head, lines }) {
  const part = document.createElement("section");
  const title = document.createElement("h4");
  title.textContent = head;
  const steps = document.createElement("ul");
  steps.append(
    ...lines.map((line) => {
      const item = document.createElement("li");
      item.textContent = line;
      return item;
    }),
  );
  part.append(title, steps);
  return part;
}

/** Shows what the service says of a file; only one without a fault that changes something can be taken. */
function show(preview) {
  const summary = byId("preview-summary");
  const words = preview.faults.length > 0 ? "faulty" : preview.persons.length > 0 ? "changes" : "nothing";
  summary.textContent = summary.dataset[words]
    .replace("{persons}", preview.persons.length)
    .replace("{unchanged}", preview.unchanged)
    .replace("{effective}", preview.effective ?? "");
  summary.dataset.level = words === "changes" ? "ready" : "problem";
  list("preview-faults", preview.faults);
  list("preview-notes", preview.notes);
  byId("preview-persons").replaceChildren(...preview.persons.map(person));
  byId("preview-persons-part").hidden = preview.persons.length === 0;
  byId("apply-button").hidden = words !== "changes";
  byId("preview").hidden = false;
  byId("preview-title").focus();
}

async function told(work) {
  showRefusal(null, PLACE);
  try {
    await work();
  } catch (failure) {
    say(null, PLACE);
    showRefusal(failure instanceof Refused ? failure.body : known("INTERNAL"), PLACE);
    byId("refusal" + PLACE).scrollIntoView({ block: "nearest" });
  }
}

byId("order-file").addEventListener("change", () => {
  looked = null;
  byId("preview").hidden = true;
});

byId("check-button").addEventListener("click", () =>
  told(async () => {
    const file = byId("order-file").files[0];
    if (!file) {
      byId("order-file").focus();
      return;
    }
    const bytes = new Blob([await file.arrayBuffer()]);
    const preview = await send("POST", "/api/v1/people/check", bytes, "SERVER_UNREACHABLE");
    looked = { bytes, hash: preview.file };
    show(preview);
  }),
);
byId("order-form").addEventListener("submit", (event) => event.preventDefault());

cardButton(
  byId("apply-button"),
  "step-up",
  () =>
    told(async () => {
      await send("POST", "/api/v1/people/apply", looked.bytes, "SERVER_UNREACHABLE");
      location.assign("/people");
    }),
  { subject: () => "order-apply:" + looked.hash, place: PLACE },
);

for (const button of document.querySelectorAll("button[data-undo]")) {
  const order = button.dataset.undo;
  cardButton(
    button,
    "step-up",
    () =>
      told(async () => {
        await send("POST", "/api/v1/people/undo", { order }, "SERVER_UNREACHABLE");
        location.assign("/people");
      }),
    { subject: "order-undo:" + order, place: PLACE },
  );
}
