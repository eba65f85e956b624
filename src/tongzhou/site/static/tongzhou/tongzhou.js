// What plain HTML cannot do yet. Every page works without this file.
"use strict";
(() => {
  const say = (text) => {
    const spot = document.getElementById("said");
    if (spot) spot.textContent = text;
  };

  // Whoever signed out here, or in as somebody else, leaves no task page and no opened contact behind (see tasks/queue.js).
  try {
    const kept = localStorage.getItem("tasks-account");
    if (kept && kept !== (document.documentElement.dataset.account || "") && !document.getElementById("kept-pages")) {
      localStorage.removeItem("tasks-account");
      localStorage.removeItem("tongzhou-tasks-kept");
      if (self.caches) caches.delete("tongzhou-tasks-pages");
      const asked = indexedDB.open("tongzhou-tasks");
      asked.onupgradeneeded = () => asked.transaction.abort();
      asked.onsuccess = () => {
        if (asked.result.objectStoreNames.contains("kept")) asked.result.transaction("kept", "readwrite").objectStore("kept").clear();
        asked.result.close();
      };
    }
  } catch { /* a private window keeps nothing */ }

  // On a phone the navigation is wider than the screen: the page one is on is moved into sight.
  const here = document.querySelector(".top__nav > ul [aria-current]");
  if (here) {
    const nav = here.closest("ul");
    nav.scrollLeft = here.offsetLeft - nav.offsetLeft - (nav.clientWidth - here.offsetWidth) / 2;
  }

  // "More" of the navigation closes by Escape (the focus goes back to it) and by a click elsewhere.
  const more = document.querySelector(".top__more");
  if (more) {
    document.addEventListener("click", (event) => { if (!more.contains(event.target)) more.open = false; });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !more.open) return;
      more.open = false;
      more.querySelector("summary").focus();
    });
  }

  // <button data-dialog="id"> opens a native dialog; inside it <button value="..." formmethod="dialog"> closes it.
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (!opener) return;
    const dialog = document.getElementById(opener.dataset.dialog);
    if (!dialog || !dialog.showModal) return;
    event.preventDefault();
    dialog.showModal();
  });

  // <button data-copy="id"> copies the text of an element; where that is forbidden the text is selected instead.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const source = document.getElementById(button.dataset.copy);
    const text = "value" in source ? source.value : source.textContent;
    try {
      await navigator.clipboard.writeText(text);
      say(button.dataset.done || "");
      button.dataset.was = button.dataset.was || button.textContent;
      button.textContent = button.dataset.done || button.dataset.was;
      setTimeout(() => { button.textContent = button.dataset.was; }, 2500);
    } catch {
      if (source.select) { source.focus(); source.select(); }
      else { getSelection().selectAllChildren(source); }
    }
  });

  // <input type="checkbox" data-all="name"> ticks every box of that name in its form or table.
  document.addEventListener("change", (event) => {
    const all = event.target.closest("[data-all]");
    if (!all) return;
    const within = all.closest("form, table") || document;
    for (const box of within.querySelectorAll(`input[type=checkbox][name="${all.dataset.all}"]`)) {
      if (!box.disabled) box.checked = all.checked;
    }
  });

  // A form is sent once: a second press while the first is on its way does nothing (the server would drop it too).
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("data-again")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(() => { delete form.dataset.sent; }, 8000);
  });
  addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset.sent;
  });

  // <select data-go> or a radio inside <form data-go> sends its form at once.
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (form && (event.target.hasAttribute("data-go") || form.hasAttribute("data-go"))) form.requestSubmit();
  });

  // After htmx has put in a form with errors, the summary gets the focus, as it does on a full page.
  document.addEventListener("htmx:afterSettle", (event) => {
    const summary = event.target.querySelector && event.target.querySelector(".summary[autofocus]");
    if (summary) summary.focus();
  });
})();
