// What a phone keeps until there is a network: acts waiting to be sent (queue), the bytes of photos among them (in a
// base of their own) and opened contacts (kept).
// Runs in pages and in the service worker; one row, one key, one effect. See docs/decisions (the phone's outbox).
"use strict";
self.TaskQueue = (() => {
  const NAME = "tongzhou-tasks", PAGES = "tongzhou-tasks-pages", TOKEN = "/tasks/token/", OUTBOX = "/tasks/outbox/";
  const SLOW = 12000, SLOW_PHOTO = 90000, BATCH = 20, PHOTO_DAYS = 7;

  // Storage: IndexedDB; where a browser has none (or it does not answer), localStorage.
  const opened = {};
  const open = (name, stores) => {
    opened[name] = opened[name] || new Promise((found) => {
      let asked;
      const none = () => found(null);
      try { asked = indexedDB.open(name, 1); } catch { none(); return; }
      asked.onupgradeneeded = () => { for (const store of stores) asked.result.createObjectStore(store, { keyPath: "key" }); };
      asked.onsuccess = () => found(asked.result);
      asked.onerror = asked.onblocked = none;
      setTimeout(none, 3000);
    });
    return opened[name];
  };
  const base = (store) => store === "photos" ? open(`${NAME}-photos`, ["photos"]) : open(NAME, ["queue", "kept"]);
  const plain = {
    read: (store) => { try { return JSON.parse(localStorage.getItem(`${NAME}-${store}`) || "{}"); } catch { return {}; } },
    write: (store, rows) => localStorage.setItem(`${NAME}-${store}`, JSON.stringify(rows)),
  };
  const run = async (store, mode, act) => {
    const database = await base(store);
    if (!database) return undefined;
    return new Promise((done, failed) => {
      const transaction = database.transaction(store, mode, { durability: "strict" });
      const asked = act(transaction.objectStore(store));
      transaction.oncomplete = () => done(asked.result);
      transaction.onerror = transaction.onabort = () => failed(transaction.error);
    });
  };
  const hasBase = async (store = "queue") => Boolean(await base(store));
  const all = async (store) => {
    const rows = (await hasBase()) ? await run(store, "readonly", (s) => s.getAll()) : Object.values(plain.read(store));
    return rows.sort((a, b) => (a.order || 0) - (b.order || 0));
  };
  const put = async (store, row) => {
    if (await hasBase(store)) { await run(store, "readwrite", (s) => s.put(row)); return; }
    const rows = plain.read(store);
    rows[row.key] = row;
    plain.write(store, rows);
  };
  const photoOf = async (key) => ((await hasBase("photos")) ? run("photos", "readonly", (s) => s.get(key)) : undefined);
  const drop = async (store, key) => {
    if (store === "queue" && (await hasBase("photos"))) await run("photos", "readwrite", (s) => s.delete(key));
    if (await hasBase()) { await run(store, "readwrite", (s) => s.delete(key)); return; }
    const rows = plain.read(store);
    delete rows[key];
    plain.write(store, rows);
  };

  const newKey = () => {
    if (self.crypto.randomUUID) return self.crypto.randomUUID();
    const bytes = self.crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  };

  // Talking to the desk. A network that hangs counts as none.
  const ask = async (address, { slow = SLOW, ...more } = {}) => {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), slow);
    const headers = { Accept: "application/json", ...(more.headers || {}) };
    try {
      return await fetch(address, { credentials: "same-origin", cache: "no-store", ...more, headers, signal: stop.signal });
    } finally { clearTimeout(timer); }
  };

  // Contacts of tasks that are over, and of whoever signed out, do not stay.
  const forget = async (mine) => {
    for (const row of await all("kept")) if (!mine.includes(row.key) || row.until < Date.now()) await drop("kept", row.key);
  };
  const forgetPages = async (live) => {
    if (!self.caches) return;
    if (!live) { await caches.delete(PAGES); return; }
    const pages = await caches.open(PAGES);
    for (const kept of await pages.keys()) {
      const code = /^\/tasks\/(\d{10})\/$/.exec(new URL(kept.url).pathname);
      if (code && !live.includes(code[1])) await pages.delete(kept);
    }
  };

  // A photo goes alone. "done" and what cannot be taken are answers; anything else waits for the next time.
  const sendPhoto = async (row, token) => {
    const photo = await photoOf(row.key);
    if (!photo) return { state: "refused", text: row.gone || "", todo: "" };
    const body = new FormData();
    body.append("key", row.key);
    body.append("photo", new Blob([photo.bytes], { type: photo.type }), "photo.jpg");
    const answer = await ask(`/tasks/${row.code}/photo/`, {
      method: "POST", headers: { "X-CSRFToken": token }, body, slow: SLOW_PHOTO,
    });
    const said = await answer.json().catch(() => null);
    return said && said.state ? said : { state: "again" };
  };
  // A photo that could not be sent in a week is not needed any more, and does not stay on the phone.
  const forgetPhotos = async () => {
    for (const row of await all("queue")) {
      if (row.act !== "photo" || row.order > Date.now() - PHOTO_DAYS * 86400000 || row.state !== "waiting") continue;
      await drop("queue", row.key);
      await put("queue", { ...row, state: "refused", answer: { text: row.gone || "", todo: "" } });
    }
  };

  // Send what waits. Says how it stands: {net, signedOut, left}. Rows say what came of them.
  const work = async () => {
    let hello;
    try { hello = await ask(TOKEN); } catch { return { net: false }; }
    if (hello.status === 401 || hello.status === 404) {
      await forget([]);
      await forgetPages(null);
      return { net: true, signedOut: true };
    }
    if (!hello.ok) return { net: false };
    const { token, account, mine, live } = await hello.json();
    await forget(mine);
    await forgetPages(live);
    await forgetPhotos();
    const tried = new Set();
    for (;;) {
      const waiting = (await all("queue")).filter((row) => row.state === "waiting" && row.account === account);
      if (!waiting.length) return { net: true, account, left: 0 };
      // A photo goes after the claim that gives the right to it, and before what ends the task.
      const claims = new Set(waiting.filter((row) => row.act === "claim").map((row) => row.code));
      const photos = waiting.filter((row) => row.act === "photo" && !tried.has(row.key));
      const photo = photos.find((row) => !claims.has(row.code));
      if (photo) {
        tried.add(photo.key);
        let said;
        try { said = await sendPhoto(photo, token); } catch { return { net: false, account, left: waiting.length }; }
        if (said.state === "done") await drop("queue", photo.key);
        if (said.state !== "again") await put("queue", { ...photo, state: said.state, answer: said });
        continue;
      }
      const held = new Set(photos.map((row) => row.code)), stopped = new Set(), batch = [];
      for (const row of waiting) {
        if (held.has(row.code) && ["done", "unclaim"].includes(row.act)) stopped.add(row.code);
        if (row.act !== "photo" && !stopped.has(row.code) && batch.length < BATCH) batch.push(row);
      }
      if (!batch.length) return { net: true, account, left: waiting.length };
      const items = batch.map(({ key, act, code, fields, late }) => ({ key, act, code, fields, late }));
      let answer;
      try {
        const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
        answer = await ask(OUTBOX, { method: "POST", headers, body: JSON.stringify({ items }) });
      } catch { return { net: false, account, left: waiting.length }; }
      if (!answer.ok) return { net: answer.status < 500, account, left: waiting.length };
      const answers = (await answer.json()).answers;
      let moved = 0;
      for (const said of answers) {
        const row = batch.find((one) => one.key === said.key);
        if (!row || said.state === "again") continue;
        moved += 1;
        await put("queue", { ...row, state: said.state, answer: said });
        if (said.state === "done" && ["done", "unclaim"].includes(row.act)) await drop("kept", row.code);
      }
      if (!moved) return { net: true, account, left: waiting.length };
    }
  };
  let running = null;
  const flush = () => {
    const alone = () => (navigator.locks ? navigator.locks.request(NAME, work) : work());
    running = running || alone().finally(() => { running = null; });
    return running;
  };

  return { NAME, PAGES, all, put, drop, photoOf, hasBase, newKey, ask, flush };
})();
