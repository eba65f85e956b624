// Leaving at once: the secret is taken from this browser, and a page that anybody might read takes this one's place.
"use strict";
(() => {
  const form = document.querySelector("[data-quit]");
  if (!form) return;
  const leave = (event) => {
    if (event) event.preventDefault();
    fetch(form.action, { method: "POST", body: new FormData(form), keepalive: true, redirect: "manual" }).catch(() => {});
    document.body.replaceChildren();
    location.replace("/needed/");
  };
  form.addEventListener("submit", leave);
  let first = 0;
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (event.timeStamp - first < 800) leave(event);
    first = event.timeStamp;
  });
})();
