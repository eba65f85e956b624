// The caller's side of a conversation; see tongzhou/line.js.
"use strict";
(() => {
  const root = document.getElementById("talk");
  if (!root || !root.dataset.going) return;
  const queue = document.getElementById("queue");
  const state = document.getElementById("state");
  const talk = new window.Conversation(root, {
    queue: (told) => {
      queue.textContent = told.text || "";
      queue.hidden = !told.text;
    },
    state: (told) => {
      if (told.text !== state.textContent) state.textContent = told.text;
      if (told.state !== "waiting") queue.hidden = true;
      if (!told.going_on) talk.over();
    },
  });
  talk.begin();
})();
