// A conversation that survives a bad network: what is typed waits in the page until it was sent, in order, once each;
// what is said is heard over a stream, and by asking when the stream does not work. Nothing is stored in the browser.
"use strict";
window.Conversation = class {
  constructor(root, hooks) {
    this.root = root;
    this.hooks = hooks || {};
    this.list = root.querySelector(".said");
    this.form = root.querySelector(".say");
    this.box = this.form && this.form.querySelector("textarea");
    this.trouble = this.form && this.form.querySelector(".errors");
    this.link = root.querySelector(".link-state");
    this.last = Number(root.dataset.last || 0);
    this.outbox = [];
    this.sending = false;
    this.failures = 0;
    this.ended = false;
  }

  begin() {
    if (this.form) {
      this.form.addEventListener("submit", (event) => { event.preventDefault(); this.typed(); });
      this.box.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.typed(); }
      });
    }
    addEventListener("online", () => { this.failures = 0; this.listen(); this.pump(); });
    addEventListener("beforeunload", (event) => { if (this.outbox.some((one) => !one.refused)) event.preventDefault(); });
    this.listen();
    this.watch = setInterval(() => {
      if (!this.ended && this.heard && performance.now() - this.heard > 40000) this.listen();
    }, 5000);
    this.toEnd();
  }

  // Hearing ----------------------------------------------------------------------------------------------------------
  listen() {
    clearTimeout(this.again);
    if (this.source) this.source.close();
    if (this.ended) return;
    if (!window.EventSource) { this.ask(); return; }
    const joined = this.root.dataset.stream.includes("?") ? "&" : "?";
    const source = new EventSource(`${this.root.dataset.stream}${joined}after=${this.last}`);
    this.source = source;
    this.heard = performance.now();
    const on = (kind, act) => source.addEventListener(kind, (event) => {
      this.heard = performance.now();
      act(JSON.parse(event.data));
    });
    source.onopen = () => { this.failures = 0; this.heard = performance.now(); this.say(""); this.pump(); };
    on("message", (said) => this.add(said));
    on("here", () => {});
    for (const kind of ["queue", "state", "line", "signal"]) on(kind, (told) => this.hooks[kind] && this.hooks[kind](told));
    source.onerror = () => {
      if (source !== this.source) return;
      source.close();
      this.broken();
    };
  }

  broken() {
    if (this.ended) return;
    this.failures += 1;
    if (this.failures > 1) this.say(this.root.dataset.broken);
    clearTimeout(this.again);
    this.again = setTimeout(() => {
      if (this.failures >= 3) this.ask();
      this.listen();
    }, Math.min(8000, 500 * 2 ** Math.min(this.failures, 4)));
  }

  // A stream that does not open (an old proxy): what is new is asked for instead.
  async ask() {
    try {
      const joined = this.root.dataset.news.includes("?") ? "&" : "?";
      const answer = await fetch(`${this.root.dataset.news}${joined}after=${this.last}`, { headers: { Accept: "application/json" } });
      if (answer.status === 404 && this.hooks.gone) { this.hooks.gone(); return; }
      if (answer.ok) {
        const told = await answer.json();
        for (const said of told.messages) this.add(said);
        for (const kind of ["queue", "state", "line"]) if (told[kind] && this.hooks[kind]) this.hooks[kind](told[kind]);
        this.say("");
        this.pump();
      }
    } catch { /* no network: `broken` says so */ }
    if (!window.EventSource && !this.ended) this.again = setTimeout(() => this.ask(), 3000);
  }

  add(said) {
    if (said.seq <= this.last) return;
    this.last = said.seq;
    const near = this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 120;
    if (said.mine && said.client_id) {
      const own = this.outbox.findIndex((one) => one.id === said.client_id);
      if (own >= 0) { this.outbox[own].item.remove(); this.outbox.splice(own, 1); }
    }
    const item = this.item(said);
    item.dataset.seq = said.seq;
    const pending = this.outbox.find((one) => one.item.isConnected);
    this.list.insertBefore(item, pending ? pending.item : null);
    if (near || said.mine) this.toEnd();
  }

  item(said) {
    const item = document.createElement("li");
    item.className = `say-one say-one--${said.side}${said.mine ? " say-one--mine" : ""}${said.quiet ? " say-one--quiet" : ""}`;
    const part = (tag, name, text) => {
      const made = document.createElement(tag);
      made.className = `say-one__${name}`;
      made.textContent = text;
      item.append(made);
      return made;
    };
    if (said.who) part("span", "who", said.who);
    part("bdi", "text", said.text);
    part("time", "at", said.at || "");
    return item;
  }

  toEnd() { this.list.scrollTop = this.list.scrollHeight; }

  // Saying -----------------------------------------------------------------------------------------------------------
  typed() {
    const text = this.box.value;
    if (!text.trim()) return;
    if ([...text.trim()].length > 2000) { this.refuse(this.root.dataset.long || ""); if (this.root.dataset.long) return; }
    this.refuse("");
    const quiet = this.form.querySelector("[name=quiet]");
    const id = crypto.randomUUID ? crypto.randomUUID() : [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
    const one = { id, text, quiet: Boolean(quiet && quiet.checked) };
    one.item = this.item({ side: "mine", mine: true, text, quiet: one.quiet, at: this.root.dataset.pending });
    one.item.classList.add("say-one--pending");
    this.list.append(one.item);
    this.outbox.push(one);
    this.box.value = "";
    this.box.focus();
    this.toEnd();
    this.pump();
  }

  async pump() {
    if (this.sending) return;
    this.sending = true;
    try {
      for (let one = this.next(); one; one = this.next()) {
        const wait = await this.send(one);
        if (wait) { setTimeout(() => this.pump(), wait); break; }
      }
    } finally { this.sending = false; }
  }

  next() { return this.outbox.find((one) => !one.sent && !one.refused); }

  // 0: done with it. Else: milliseconds until it is tried again, before anything that was typed later.
  async send(one) {
    const body = new URLSearchParams({ text: one.text, client_id: one.id });
    if (one.quiet) body.set("quiet", "1");
    const token = this.form.querySelector("[name=csrfmiddlewaretoken]").value;
    let answer;
    try {
      answer = await fetch(this.root.dataset.say, {
        method: "POST", body, headers: { Accept: "application/json", "X-CSRFToken": token }, signal: AbortSignal.timeout(15000),
      });
    } catch { return this.later(one); }
    if (answer.ok && (answer.headers.get("Content-Type") || "").includes("json")) {
      one.sent = true;
      one.tries = 0;
      one.item.querySelector(".say-one__at").textContent = this.root.dataset.sent;
      return 0;
    }
    if (answer.status === 429) return 1000 * Math.min(60, Number(answer.headers.get("Retry-After")) || 5);
    if (answer.status >= 500 || answer.ok) return this.later(one);
    let why = this.root.dataset.refused;
    try { const told = await answer.json(); why = [told.title, told.detail].filter(Boolean).join(" "); } catch { /* no words */ }
    one.refused = true;
    one.item.remove();
    this.outbox.splice(this.outbox.indexOf(one), 1);
    // What was typed goes back into the box, before what has been typed since.
    this.box.value = this.box.value ? `${one.text}\n${this.box.value}` : one.text;
    this.refuse(why);
    return 0;
  }

  later(one) {
    one.tries = (one.tries || 0) + 1;
    one.item.querySelector(".say-one__at").textContent = this.root.dataset.pending;
    this.say(this.root.dataset.broken);
    return Math.min(5000, 400 * 2 ** Math.min(one.tries, 4));
  }

  refuse(why) {
    this.trouble.textContent = why;
    this.trouble.hidden = !why;
  }

  say(text) { if (this.link && this.link.textContent !== text) this.link.textContent = text; }

  // It has ended: what still waits is not thrown away silently; the page says what comes next.
  over() {
    if (this.ended) return;
    this.ended = true;
    clearInterval(this.watch);
    clearTimeout(this.again);
    if (this.source) this.source.close();
    if (!this.outbox.some((one) => !one.sent && !one.refused) && !(this.box && this.box.value.trim())) {
      setTimeout(() => location.replace(location.href), 1500);
    }
  }
};
