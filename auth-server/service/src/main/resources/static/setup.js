// The first start, by the one-time code: each form is one step; what comes next the service says.
"use strict";

const PLACE = "-setup";

const field = (id) => byId(id).value.trim();

/** Lets a form's button send what `wish` makes of it; the browser says what is missing. */
function step(id, route, wish, done = () => location.assign("/setup")) {
  const form = byId(id);
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    inTurn([form.querySelector("button")], PLACE, () => {}, async () =>
      done(await send("POST", route, await wish(form), "SERVER_UNREACHABLE")),
    );
  });
  form?.querySelector("input")?.focus();
}

step("code-form", "/authn/v1/setup/code", () => ({ code: field("code") }));

step("admin-form", "/authn/v1/setup/administrator", async () => ({
  number: field("number"),
  name: field("name"),
  organ: field("organ"),
  division: field("division"),
  divisionName: field("division-name"),
  post: field("post"),
  certificate: text64(await byId("certificate").files[0].arrayBuffer()),
}));

step("confirm-form", "/authn/v1/setup/terminal", () => ({
  terminal: field("confirm-id"),
  organ: field("terminal-organ"),
  fingerprint: field("fingerprint"),
}));

step(
  "ticket-form",
  "/authn/v1/setup/terminal",
  () => ({ terminal: field("terminal-id"), organ: field("terminal-organ") }),
  ({ ticket }) => {
    const box = byId("ticket");
    box.textContent = `${box.dataset.command} '${ticket}'`;
    byId("confirm-id").value = field("terminal-id");
    byId("ticket-part").hidden = false;
    byId("ticket-shown").focus();
  },
);
