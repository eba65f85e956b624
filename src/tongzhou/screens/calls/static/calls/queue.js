// The queue and the board change by themselves while they are open; N takes the next caller.
"use strict";
(() => {
  const root = document.getElementById("line-live");
  if (!root) return;
  let source, heard = 0, failures = 0, again, loading = false, stale = false;

  const refresh = async () => {
    if (loading) { stale = true; return; }
    loading = true;
    try {
      const answer = await fetch(root.dataset.part, { headers: { Accept: "text/html" } });
      if (answer.ok && !answer.redirected) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("queue-part");
        const old = document.getElementById("queue-part");
        if (fresh && old && !old.contains(document.activeElement)) old.replaceWith(fresh);
      }
    } catch { /* no network: the stream comes back by itself */ } finally {
      loading = false;
      if (stale) { stale = false; setTimeout(refresh, 500); }
    }
  };

  const listen = () => {
    clearTimeout(again);
    if (source) source.close();
    const mine = new EventSource(root.dataset.stream);
    source = mine;
    heard = performance.now();
    mine.onopen = () => { failures = 0; };
    for (const kind of ["line", "here"]) {
      mine.addEventListener(kind, () => { heard = performance.now(); if (kind === "line") refresh(); });
    }
    mine.onerror = () => {
      if (mine !== source) return;
      mine.close();
      failures += 1;
      again = setTimeout(() => { if (failures >= 3) poll(); listen(); }, Math.min(8000, 500 * 2 ** Math.min(failures, 4)));
    };
  };
  const poll = () => fetch(root.dataset.news, { headers: { Accept: "application/json" } }).then((answer) => { if (answer.ok) refresh(); }, () => {});
  setInterval(() => { if (performance.now() - heard > 40000) listen(); }, 5000);
  addEventListener("online", listen);
  listen();

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    const next = document.getElementById("next");
    if (next && event.key.toLowerCase() === "n") { event.preventDefault(); next.form.requestSubmit(next); }
  });
})();
