// Choosing the post to act in: one button per post, the main one first.
"use strict";

const choices = [...document.querySelectorAll("button[data-post]")];
for (const button of choices) {
  button.addEventListener("click", () =>
    inTurn(choices, "-post", () => {}, async () => {
      const accepted = await send("POST", "/api/v1/session/post", { post: button.dataset.post }, "SERVER_UNREACHABLE");
      location.assign(accepted.next);
    }),
  );
}
choices[0]?.focus();
