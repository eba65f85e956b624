// One key for each outcome, and a countdown by the server's clock. Every page works without this file.
"use strict";
(() => {
  const STORE = "verify-keys";
  const read = () => { try { return localStorage.getItem(STORE) !== "off"; } catch { return true; } };
  let on = read();

  for (const box of document.querySelectorAll("[data-keys]")) {
    box.closest("[data-keys-switch]").hidden = false;
    box.checked = on;
    box.addEventListener("change", () => {
      on = box.checked;
      try { localStorage.setItem(STORE, on ? "on" : "off"); } catch { /* a private window forgets it: it stays for this page */ }
    });
  }

  document.addEventListener("keydown", (event) => {
    if (!on || event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = event.target;
    if (event.key === "Escape" && at.blur) { at.blur(); return; }
    const types = at.matches && at.matches("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox])");
    if (types || document.querySelector("dialog[open]")) return;
    const button = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!button || button.disabled) return;
    event.preventDefault();
    button.click();
  });

  for (const box of document.querySelectorAll("[data-countdown]")) {
    const left = box.querySelector("[data-left]");
    // The page's own clock may be wrong: only the distance between the server's two moments counts.
    const total = Date.parse(box.dataset.until) - Date.parse(box.dataset.now);
    const start = performance.now();
    const show = () => {
      const seconds = Math.ceil((total - (performance.now() - start)) / 1000);
      if (seconds <= 0) {
        left.textContent = box.dataset.over;
        box.classList.remove("hold--soon");
        box.classList.add("hold--over");
        clearInterval(timer);
        return;
      }
      left.textContent = `${box.dataset.word} ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      box.classList.toggle("hold--soon", seconds <= 120);
    };
    const timer = setInterval(show, 1000);
    show();
  }
})();
