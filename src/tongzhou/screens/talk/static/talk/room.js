// The caller's side of a conversation; see tongzhou/line.js.
"use strict";
(() => {
  const root = document.getElementById("talk");
  if (!root || !root.dataset.going) return;
  const queue = document.getElementById("queue");
  const state = document.getElementById("state");
  const panel = document.getElementById("voice");
  const voice = panel && window.Voice ? new window.Voice(panel, root) : null;
  const talk = new window.Conversation(root, {
    signal: (told) => { if (voice) voice.heard(told); },
    queue: (told) => {
      queue.textContent = told.text || "";
      queue.hidden = !told.text;
    },
    state: (told) => {
      if (told.text !== state.textContent) state.textContent = told.text;
      if (told.state !== "waiting") queue.hidden = true;
      if (!told.going_on) {
        if (voice) voice.close();
        talk.over();
      }
    },
  });
  talk.begin();
})();
