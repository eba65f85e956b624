// The counsellor's side of a conversation (see tongzhou/line.js), and notes that are saved while they are typed.
"use strict";
(() => {
  const root = document.getElementById("talk");
  if (!root || !root.dataset.open) return;
  const state = document.getElementById("state");
  const told = document.getElementById("line-told");
  const escalated = document.getElementById("escalated");
  let stood = root.dataset.state, leaving = false;
  const note = new (class {
    constructor(form) {
      this.form = form;
      if (!form) return;
      this.box = form.querySelector("textarea");
      this.saved = this.box.value;
      this.line = form.querySelector(".note__state");
      this.trouble = form.querySelector(".errors");
      this.box.addEventListener("input", () => { clearTimeout(this.wait); this.wait = setTimeout(() => this.save(), 1200); });
      this.box.addEventListener("blur", () => this.save());
      form.addEventListener("submit", (event) => { event.preventDefault(); this.save(); });
      addEventListener("beforeunload", (event) => { if (this.dirty()) { this.save(); event.preventDefault(); } });
      addEventListener("online", () => this.save());
    }

    dirty() { return Boolean(this.form) && this.box.value !== this.saved; }

    async save() {
      if (!this.form || this.stopped || !this.dirty()) return true;
      if (this.saving) { this.more = true; return this.saving; }
      this.saving = this.post();
      const done = await this.saving;
      this.saving = null;
      if (this.more) { this.more = false; return this.save(); }
      return done;
    }

    async post() {
      const text = this.box.value;
      this.line.textContent = this.form.dataset.saving;
      try {
        const body = new URLSearchParams({ text, base: this.form.elements.base.value });
        const token = this.form.querySelector("[name=csrfmiddlewaretoken]").value;
        const answer = await fetch(this.form.action, {
          method: "POST", body, headers: { Accept: "application/json", "X-CSRFToken": token }, signal: AbortSignal.timeout(15000),
        });
        const said = await answer.json();
        if (answer.ok) {
          this.form.elements.base.value = said.number;
          this.saved = text;
          this.line.textContent = this.form.dataset.saved;
          this.trouble.hidden = true;
          return true;
        }
        if (answer.status < 500) {
          this.trouble.textContent = [said.title, said.detail].filter(Boolean).join(" ");
          this.trouble.hidden = false;
          this.line.textContent = "";
          this.stopped = answer.status === 409;
          return false;
        }
      } catch { /* no network, or the server is being restarted: below */ }
      this.line.textContent = this.form.dataset.unsaved;
      clearTimeout(this.wait);
      this.wait = setTimeout(() => this.save(), 3000);
      return false;
    }
  })(document.getElementById("note"));

  // Not in these hands any more (the connection was lost too long, or handed over): the seat says so.
  const gone = async () => {
    if (leaving || !(await note.save()) || (talk.box && talk.box.value.trim())) return;
    leaving = true;
    talk.ended = true;
    location.replace("/calls/?lost=1");
  };
  const talk = new window.Conversation(root, {
    gone,
    line: (line) => { if (told) told.textContent = `· ${line.text}`; },
    state: async (now) => {
      state.textContent = now.text;
      if (escalated) escalated.hidden = !now.escalated;
      if (leaving) return; // a button of this page did it: its answer is on the way
      if (now.state === stood && (!root.dataset.mine || now.mine === root.dataset.mine)) return;
      if (root.dataset.mine && now.mine !== root.dataset.mine) { gone(); return; }
      stood = now.state;
      // It has moved on (ended, handed over): what was typed into the notes is saved before the page changes.
      if (await note.save()) {
        talk.ended = true;
        if (!talk.box || !talk.box.value.trim()) location.replace(location.href);
      }
    },
  });
  talk.begin();

  // Whatever leaves this page takes the notes with it first.
  document.addEventListener("submit", async (event) => {
    if (event.target.id === "note" || event.target.classList.contains("say")) return;
    if (!note.dirty()) { leaving = true; setTimeout(() => { leaving = false; }, 10000); return; }
    event.preventDefault();
    event.stopPropagation();
    const form = event.target, button = event.submitter;
    if (await note.save()) { delete form.dataset.sent; form.requestSubmit(button); }
  }, true);
  addEventListener("keydown", (event) => {
    const form = document.getElementById("escalate");
    if (form && event.altKey && event.key.toLowerCase() === "e") { event.preventDefault(); form.requestSubmit(); }
  });
})();
