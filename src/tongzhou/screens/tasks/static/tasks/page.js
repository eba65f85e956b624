// A volunteer's pages where scripts run: every act goes through the outbox, so a dead network or a killed browser loses
// nothing; opened contacts are kept on the phone while the task lasts. Every form works without this file, too.
"use strict";
(() => {
  const queue = self.TaskQueue;
  const box = document.getElementById("outbox");
  if (!queue || !box) return;
  const account = document.documentElement.dataset.account || "";
  const words = box.dataset;
  const state = document.getElementById("outbox-state"), list = document.getElementById("outbox-list");
  const task = document.querySelector("[data-task]");
  const names = { claim: words.claim, unclaim: words.unclaim, sent: words.sent, done: words.finish, incident: words.incident, photo: words.photo };
  const make = (tag, text, of) => Object.assign(document.createElement(tag), text ? { textContent: text } : {}, of || {});
  let how = {};

  const spoken = (code) => `${code.slice(0, 3)}-${code.slice(3, 6)}-${code.slice(6)}`;
  const said = (row) => `${spoken(row.code)} ${names[row.act] || row.act} ${row.what}`.trim();
  const taken = (row) => ["done", "reserve"].includes(row.state);
  const details = (row) => Object.values(row.fields || {}).filter(Boolean).join(" · ");

  // Show what is kept. A conflict, or a place in reserve instead of the task, stays until somebody has read it.
  const show = async () => {
    const rows = await queue.all("queue");
    box.hidden = !rows.length;
    box.classList.toggle("outbox--quiet", rows.every((row) => row.state === "done"));
    list.replaceChildren(...rows.map(line));
    const waiting = rows.filter((row) => row.state === "waiting");
    state.textContent = how.signedOut ? words.signedout : waiting.length && how.net === false ? words.nonet : "";
    if (how.signedOut) {
      const way = make("a", words.open, { href: `/account/login/?next=${encodeURIComponent(location.pathname)}` });
      state.append(" ", way);
    }
    document.getElementById("outbox-send").hidden = !waiting.length;
    document.getElementById("outbox-copy").hidden = !rows.some((row) => row.state !== "done");
    document.getElementById("outbox-text").value = rows.filter((row) => row.state !== "done").map((row) =>
      [said(row), details(row), row.made, row.answer ? `${row.answer.text} ${row.answer.todo}` : words.waiting].join("\n")).join("\n\n");
  };
  const line = (row) => {
    const stranger = row.account !== account && row.state === "waiting";
    const item = make("li", "", { className: `item item--${row.state === "conflict" ? 0 : row.state === "refused" ? 1 : row.state === "reserve" ? 2 : 3}` });
    const word = stranger ? words.other : { waiting: words.waiting, done: words.done, reserve: words.reserve, conflict: words.conflict, refused: words.refused }[row.state];
    item.append(make("p", said(row), { className: "item__title" }), make("p", word));
    if (row.answer) item.append(make("p", row.answer.text, { className: "outbox__answer" }), make("p", row.answer.todo));
    if (row.state !== "waiting") {
      const acts = make("div", "", { className: "item__acts" });
      if (!task || task.dataset.task !== row.code) {
        acts.append(make("a", words.open, { className: "button button--second", href: `/tasks/${row.code}/` }));
      }
      if (row.state === "conflict" && ["done", "sent"].includes(row.act)) {
        acts.append(button(words.hand, "button--second", () => hand(row)));
      }
      if (row.act === "photo" && row.state !== "done") savePhoto(row, acts);
      acts.append(button(words.drop, "button--quiet", async () => { await queue.drop("queue", row.key); await show(); }));
      item.append(acts);
    }
    return item;
  };
  // A photo that cannot be taken is not lost: it can be saved before the row is put away.
  const savePhoto = async (row, acts) => {
    const photo = await queue.photoOf(row.key);
    if (!photo) return;
    const href = URL.createObjectURL(new Blob([photo.bytes], { type: photo.type }));
    acts.prepend(make("a", words.save, { className: "button button--second", href, download: `${row.code}.jpg` }));
  };
  const button = (text, kind, act) => {
    const made = make("button", text, { type: "button", className: `button ${kind}` });
    made.addEventListener("click", act);
    return made;
  };

  // What was done but could not be written down goes to the coordinator in its own words.
  const hand = async (row) => {
    const text = [words.handed, said(row), details(row), row.made, row.answer.text].join("\n").slice(0, 900);
    await keep("incident", row.code, row.what, { kind: "other", text });
    await queue.drop("queue", row.key);
    await send();
  };
  const keep = async (act, code, what, fields, more = {}, key = queue.newKey()) => {
    const made = new Date().toLocaleString();
    await queue.put("queue", { key, order: Date.now(), act, code, what, fields, account, made, state: "waiting", late: false, ...more });
    try { localStorage.setItem("tasks-account", account); } catch { /* nothing to be cleared later, then */ }
    if (navigator.serviceWorker && navigator.serviceWorker.controller) {
      navigator.serviceWorker.ready.then((ready) => ready.sync && ready.sync.register("outbox")).catch(() => {});
    }
    return key;
  };

  const send = async () => {
    state.textContent = words.busy;
    how = await queue.flush().catch(() => ({ net: false }));
    if (how.net === false) {
      for (const row of await queue.all("queue")) {
        if (row.state === "waiting" && !row.late) await queue.put("queue", { ...row, late: true });
      }
    }
    await show();
    await showContact();
  };
  // What went out by itself changed the page one is looking at: look at it anew, unless somebody is typing.
  const sendAndFollow = async () => {
    const before = (await queue.all("queue")).filter((row) => row.state === "waiting").map((row) => row.key);
    await send();
    const typing = document.activeElement && document.activeElement.matches("input, textarea, select");
    const rows = await queue.all("queue");
    const here = rows.some((row) => taken(row) && before.includes(row.key) && (!task || task.dataset.task === row.code));
    if (here && !typing) location.reload();
  };

  // Every act: first into the drawer, then on its way; the page follows what came of it.
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const act = form.dataset.act;
    if (!act || event.defaultPrevented) return;
    event.preventDefault();
    const press = form.querySelector("button:not([type=button])");
    const rows = await queue.all("queue");
    if (rows.some((row) => row.state === "waiting" && row.act === act && row.code === form.dataset.code && row.account === account)) {
      delete form.dataset.sent;
      tell(words.again);
      send();
      return;
    }
    const fields = {};
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && !["csrfmiddlewaretoken", "key"].includes(name)) fields[name] = value;
    }
    press.disabled = true;
    for (const row of rows) {
      if (row.act === act && row.code === form.dataset.code && row.state !== "waiting") await queue.drop("queue", row.key);
    }
    const key = await keep(act, form.dataset.code, form.dataset.what || "", fields);
    if (act === "done") await queue.drop("kept", form.dataset.code);
    await send();
    press.disabled = false;
    delete form.dataset.sent; // the page stays: what is corrected can be sent at once (tongzhou.js holds back a second press)
    const row = (await queue.all("queue")).find((one) => one.key === key);
    if (row && taken(row)) { location.assign(form.dataset.next || location.pathname); return; }
    tell(row && row.answer ? row.answer.text : words.waiting);
    box.scrollIntoView({ block: "start" });
  });
  const tell = (text) => {
    const spot = document.getElementById("said");
    if (spot) spot.textContent = text;
  };

  // Photos: made small here (which also takes out where they were taken), then kept and sent like everything else.
  const SIDE = 1600, MOST_BYTES = 1500000, MOST_PHOTOS = 5;
  const shrink = async (file) => {
    let picture;
    try { picture = await createImageBitmap(file, { imageOrientation: "from-image" }); } catch { return null; }
    const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
    const [width, height] = [picture.width, picture.height].map((side) => Math.max(1, Math.round(side * scale)));
    const canvas = make("canvas", "", { width, height }), pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, width, height);
    pen.drawImage(picture, 0, 0, width, height);
    for (const quality of [0.82, 0.7, 0.55, 0.4]) {
      const small = await new Promise((found) => canvas.toBlob(found, "image/jpeg", quality));
      if (small && small.size <= MOST_BYTES) return small;
    }
    return null;
  };
  const photoForm = document.querySelector("form[data-photo]");
  let canKeep = false;
  if (photoForm) queue.hasBase("photos").then((there) => { canKeep = there; });
  if (photoForm) {
    photoForm.addEventListener("submit", async (event) => {
      const file = photoForm.elements.photo.files[0];
      if (!canKeep || !file) return; // a plain form, then
      event.preventDefault();
      const press = photoForm.querySelector("button");
      press.disabled = true;
      const code = photoForm.dataset.code, told = document.getElementById("photo-said");
      const say = (text) => { told.textContent = text; press.disabled = false; };
      const rows = (await queue.all("queue")).filter((row) => row.act === "photo" && row.code === code && row.state === "waiting");
      if (rows.length >= MOST_PHOTOS) { say(words.photofull); return; }
      const small = await shrink(file);
      if (!small) { say(words.photobad); return; }
      const key = queue.newKey(), kib = Math.ceil(small.size / 1024);
      try {
        await queue.put("photos", { key, bytes: await small.arrayBuffer(), type: small.type });
        await keep("photo", code, `${photoForm.dataset.what} (${kib} KB)`, {}, { gone: words.photogone }, key);
      } catch { await queue.drop("queue", key); say(words.photospace); return; }
      photoForm.reset();
      say(words.photokept);
      await sendAndFollow();
    });
  }

  // The contact: opened once (and logged), kept in this phone's drawer while the task lasts.
  const closed = document.getElementById("contact-closed"), spot = document.getElementById("contact-kept");
  const showContact = async () => {
    if (!task || !spot) return;
    const row = (await queue.all("kept")).find((one) => one.key === task.dataset.task);
    const good = row && row.account === account && row.until > Date.now();
    spot.hidden = !good;
    if (closed) closed.hidden = Boolean(good);
    spot.replaceChildren();
    if (!good) return;
    for (const field of row.fields) {
      const shown = make("p", "", field.name === "phone" ? { className: "contact__number" } : {});
      shown.append(make("span", field.label, { className: "quiet" }), " ");
      shown.append(field.name === "phone" ? make("a", field.text, { href: `tel:${field.text}` }) : field.text);
      spot.append(shown);
    }
    spot.append(make("p", words.kept, { className: "hint" }));
  };
  const opener = document.querySelector("form[data-contact]");
  if (opener) {
    opener.addEventListener("submit", async (event) => {
      event.preventDefault();
      const press = opener.querySelector("button");
      press.disabled = true;
      try {
        const hello = await (await queue.ask("/tasks/token/")).json();
        const answer = await queue.ask(opener.action, { method: "POST", headers: { "X-CSRFToken": hello.token } });
        const got = await answer.json();
        if (!answer.ok || !got.fields) { location.reload(); return; }
        const until = Date.now() + got.hours * 3600000;
        try { localStorage.setItem("tasks-account", account); } catch { /* a private window */ }
        await queue.put("kept", { key: got.code, fields: got.fields, account, until });
        await showContact();
        spot.scrollIntoView({ block: "nearest" });
      } catch { tell(words.nocontact); state.textContent = words.nocontact; box.hidden = false; }
      press.disabled = false;
    });
  }

  // How much is short, said while typing; how long is left, by the server's clock.
  const done = document.querySelector("form[data-total]");
  if (done) {
    const short = done.querySelector("[data-short]");
    const judge = () => {
      const left = Number(done.dataset.total) - Number(done.elements.received.value) - Number(done.elements.refused.value || 0);
      short.hidden = !(left > 0);
      short.textContent = left > 0 ? `${words.short} ${left}` : "";
    };
    done.addEventListener("input", judge);
    judge();
  }
  for (const one of document.querySelectorAll(".left[data-until]")) {
    const total = Date.parse(one.dataset.until) - Date.parse(one.dataset.now), start = performance.now();
    const tick = () => {
      const left = Math.floor((total - (performance.now() - start)) / 60000);
      const hours = Math.floor(left / 60);
      const time = `${hours}:${String(left % 60).padStart(2, "0")}`;
      one.textContent = left < 0 ? words.over : words.until.replace("{}", time);
      one.classList.toggle("left--soon", left < 30);
    };
    tick();
    setInterval(tick, 20000);
  }

  // A page of the phone's own: what of the tasks can still be read.
  const pages = document.getElementById("kept-pages");
  if (pages && self.caches) {
    caches.open(queue.PAGES).then((kept) => kept.keys()).then((found) => {
      const rows = found.map((one) => new URL(one.url).pathname);
      pages.hidden = !rows.length;
      document.getElementById("kept-list").append(...rows.map((path) => {
        const code = /\d{10}/.exec(path);
        const label = path === "/my/" ? pages.dataset.my : code ? `${pages.dataset.one} ${spoken(code[0])}` : pages.dataset.list;
        const item = make("li");
        item.append(make("a", label, { href: path }));
        return item;
      }));
    }).catch(() => {});
  }

  document.getElementById("outbox-send").addEventListener("click", sendAndFollow);
  addEventListener("online", sendAndFollow);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) sendAndFollow(); });
  // Some browsers never say "online": while something waits, try every ten seconds.
  setInterval(async () => {
    if (document.hidden) return;
    if ((await queue.all("queue")).some((row) => row.state === "waiting" && row.account === account)) sendAndFollow();
  }, 10000);

  const begin = async () => {
    // Done ones were shown once; the next page is without them.
    const rows = await queue.all("queue");
    const shown = rows.filter((row) => row.state === "done" && row.seen);
    for (const row of shown) await queue.drop("queue", row.key);
    for (const row of rows) if (row.state === "done" && !row.seen) await queue.put("queue", { ...row, seen: true });
    await show();
    await showContact();
    await sendAndFollow();
    if (!("serviceWorker" in navigator) || !account) return;
    for (const scope of ["/tasks/", "/my/"]) {
      navigator.serviceWorker.register("/tasks/worker.js", { scope }).catch(() => {});
    }
    try { localStorage.setItem("tasks-account", account); } catch { /* a private window */ }
    // The very first page was loaded before there was a worker: it is kept by hand.
    if (!navigator.serviceWorker.controller && self.caches && how.net && !how.signedOut && /^\/(my|tasks)\/(\d{10}\/)?$/.test(location.pathname)) {
      (await caches.open(queue.PAGES)).add(location.pathname).catch(() => {});
    }
  };
  begin();
})();
