// Keyboard shortcuts of the desk. The list people read (components/keys.html) is the list obeyed here.
"use strict";
(() => {
  const sheet = document.getElementById("shortcuts");
  if (!sheet) return;
  const ways = new Map([...sheet.querySelectorAll("[data-keys]")].map((link) => [link.dataset.keys, link]));
  let first = "";
  let timer = 0;

  const rows = () => [...document.querySelectorAll(".table-view tbody tr, .waiting > div, .queue > .item")];
  const here = () => document.querySelector(".on-row");
  const step = (by) => {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(here());
    const next = all[Math.max(0, Math.min(all.length - 1, at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by))];
    here()?.classList.remove("on-row");
    next.classList.add("on-row");
    const link = next.querySelector("a");
    if (link) link.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };
  const focus = (selector) => {
    const found = document.querySelector(selector);
    if (!found) return false;
    found.focus();
    if (found.select) found.select();
    return true;
  };
  const follow = (selector) => {
    const link = document.querySelector(selector);
    if (link) link.click();
    return Boolean(link);
  };
  const acts = {
    "/": () => focus("#table-words"),
    "?": () => { sheet.showModal(); return true; },
    j: () => { step(1); return true; },
    k: () => { step(-1); return true; },
    x: () => { const box = here()?.querySelector("input[type=checkbox]"); if (box) box.click(); return Boolean(box); },
    n: () => follow(".pages a[rel=next]"),
    p: () => follow(".pages a[rel=prev]"),
    u: () => focus(".undo button"),
  };

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
    if (first) {
      const link = ways.get(`${first} ${event.key}`);
      first = "";
      clearTimeout(timer);
      if (link) { event.preventDefault(); link.click(); return; }
    }
    if ([...ways.keys()].some((keys) => keys.startsWith(`${event.key} `))) {
      first = event.key;
      timer = setTimeout(() => { first = ""; }, 1200);
      return;
    }
    const act = acts[event.key];
    if (act && act()) event.preventDefault();
  });
})();
