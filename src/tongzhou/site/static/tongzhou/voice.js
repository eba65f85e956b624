// Voice in a conversation: both sides reach each other through the desk's relay only, so neither learns the other's
// address. What the two browsers have to tell each other travels on the conversation's own stream. Nothing is recorded.
"use strict";
window.Voice = class {
  constructor(panel, root) {
    this.panel = panel;
    this.root = root;
    this.offers = panel.dataset.offers === "1";
    this.heardUpTo = 0;
    this.outbox = [];
    this.early = [];
    const part = (name) => panel.querySelector(`[data-part=${name}]`);
    this.state = part("state");
    this.start = part("start");
    this.mute = part("mute");
    this.stop = part("stop");
    this.sound = part("sound");
    if (!window.RTCPeerConnection || !navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) {
      this.say(window.isSecureContext ? "unsupported" : "insecure");
      return;
    }
    panel.hidden = false;
    this.start.addEventListener("click", () => this.begin());
    this.stop.addEventListener("click", () => this.hangUp());
    this.mute.addEventListener("click", () => this.quiet());
    addEventListener("online", () => this.mend());
    addEventListener("pagehide", () => this.close());
    this.show();
  }

  say(word) {
    this.word = word;
    const text = this.panel.dataset[word] || "";
    if (this.state.textContent !== text) this.state.textContent = text;
    this.panel.dataset.now = word;
    this.panel.hidden = false;
  }

  show() {
    const on = Boolean(this.microphone);
    this.start.hidden = on;
    this.mute.hidden = this.stop.hidden = !on;
  }

  // Starting and ending ----------------------------------------------------------------------------------------------
  async begin() {
    this.say("asking");
    try {
      this.microphone = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } });
    } catch (error) {
      this.say(error.name === "NotFoundError" ? "nomicrophone" : error.name === "NotAllowedError" ? "denied" : "busy");
      return;
    }
    this.show();
    this.say("waiting");
    this.tellReady();
    // The other side may come later, or may have missed it: said again until they are there.
    this.again = setInterval(() => { if (!this.peer) this.tellReady(); }, 10000);
    if (this.waitingOffer) { const offer = this.waitingOffer; this.waitingOffer = null; this.answer(offer); }
  }

  tellReady() { this.tell({ kind: "ready", session: "" }); }

  quiet() {
    const track = this.microphone.getAudioTracks()[0];
    track.enabled = !track.enabled;
    this.mute.setAttribute("aria-pressed", String(!track.enabled));
    this.mute.textContent = track.enabled ? this.panel.dataset.mute : this.panel.dataset.unmute;
  }

  hangUp() {
    this.tell({ kind: "bye", session: this.session || "" });
    this.close();
    this.say("over");
  }

  close() {
    clearInterval(this.again);
    this.dropPeer();
    if (this.microphone) for (const track of this.microphone.getTracks()) track.stop();
    this.microphone = null;
    this.show();
  }

  dropPeer() {
    clearInterval(this.watch);
    if (this.peer) { this.peer.onconnectionstatechange = this.peer.onicecandidate = null; this.peer.close(); }
    this.peer = null;
    this.broken = 0;
    this.early = [];
  }

  // The connection ---------------------------------------------------------------------------------------------------
  async servers() {
    for (let tries = 0; ; tries += 1) {
      try {
        const answer = await this.post(this.panel.dataset.relay, new URLSearchParams());
        if (answer.ok) return (await answer.json()).servers;
        if (answer.status < 500 && answer.status !== 429) return [];
      } catch { /* no network: again below */ }
      if (tries > 8) return [];
      await new Promise((done) => setTimeout(done, Math.min(5000, 500 * 2 ** tries)));
    }
  }

  async open(session) {
    this.dropPeer();
    this.session = session;
    const peer = new RTCPeerConnection({ iceServers: await this.servers(), iceTransportPolicy: "relay", bundlePolicy: "max-bundle" });
    if (!this.microphone || this.session !== session) { peer.close(); return null; }
    this.peer = peer;
    for (const track of this.microphone.getTracks()) peer.addTrack(track, this.microphone);
    peer.onicecandidate = (event) => {
      if (event.candidate && event.candidate.candidate) {
        const { candidate, sdpMid, sdpMLineIndex } = event.candidate;
        this.tell({ kind: "candidate", session, candidate: { candidate, sdpMid, sdpMLineIndex } });
      }
    };
    peer.ontrack = (event) => {
      this.sound.srcObject = event.streams[0] || new MediaStream([event.track]);
      this.sound.play().catch(() => this.say("blocked"));
    };
    peer.onconnectionstatechange = () => this.looked();
    this.begun = performance.now();
    this.watch = setInterval(() => this.looked(), 1000);
    return peer;
  }

  looked() {
    if (!this.peer) return;
    const now = performance.now();
    if (this.peer.connectionState === "connected") {
      this.broken = 0;
      if (this.word !== "talking") this.say("talking");
      return;
    }
    if (!this.broken) {
      // A connection being made is given ten seconds before it counts as broken.
      if (this.word !== "talking" && now - this.begun < 10000) return;
      this.broken = this.mended = now;
      this.say("again");
      return;
    }
    if (now - this.broken > 60000) {
      this.tell({ kind: "bye", session: this.session });
      this.close();
      this.say("lost");
    } else if (now - this.mended > 3000) this.mend();
  }

  // Only the counsellor's side makes offers, so that two never cross; the caller's side asks for one.
  async mend() {
    if (!this.peer || !this.broken) return;
    this.mended = performance.now();
    if (this.offers) await this.offer(true);
    else this.tell({ kind: "restart", session: this.session });
  }

  async offer(again) {
    if (this.offering) return;
    this.offering = true;
    try {
      if (again && this.peer) {
        const peer = this.peer, servers = await this.servers();
        if (peer !== this.peer) return;
        peer.setConfiguration({ iceServers: servers, iceTransportPolicy: "relay", bundlePolicy: "max-bundle" });
        if (peer.signalingState === "have-local-offer") await peer.setLocalDescription({ type: "rollback" });
      } else if (!(await this.open(crypto.randomUUID()))) return;
      const made = await this.peer.createOffer({ iceRestart: Boolean(again) });
      await this.peer.setLocalDescription(made);
      this.tell({ kind: "offer", session: this.session, sdp: made.sdp });
    } catch (error) { this.failed(error); } finally { this.offering = false; }
  }

  async answer(told) {
    try {
      if (!this.peer || this.session !== told.session) {
        const early = this.early;
        if (!(await this.open(told.session))) return;
        this.early = early;
      }
      await this.peer.setRemoteDescription({ type: "offer", sdp: told.sdp });
      await this.peer.setLocalDescription(await this.peer.createAnswer());
      this.tell({ kind: "answer", session: told.session, sdp: this.peer.localDescription.sdp });
      await this.addEarly();
    } catch (error) { this.failed(error); }
  }

  failed(error) {
    console.warn("voice:", error.name, error.message);
    if (!this.broken) this.broken = this.mended = performance.now();
  }

  async addEarly() {
    const waiting = this.early.filter((one) => one.session === this.session);
    this.early = [];
    for (const one of waiting) await this.peer.addIceCandidate(one.candidate);
  }

  // Hearing from the other side: one after another, each once (a stream that reopens tells the last minute again) -----
  heard(told) {
    if (told.number <= this.heardUpTo) return;
    this.heardUpTo = told.number;
    this.turn = (this.turn || Promise.resolve()).then(() => this.act(told.payload)).catch((error) => this.failed(error));
  }

  async act(told) {
    if (told.kind === "ready") {
      if (!this.microphone) { if (!this.word || this.word === "over" || this.word === "invited") this.say("invited"); }
      else if (this.offers && (!this.peer || this.broken)) await this.offer(false);
      else if (!this.offers && this.broken) this.dropPeer();
    } else if (told.kind === "restart" && this.offers && this.microphone) {
      await this.offer(Boolean(this.peer) && told.session === this.session);
    } else if (told.kind === "offer" && !this.offers) {
      if (this.microphone) await this.answer(told);
      else { this.waitingOffer = told; this.say("invited"); }
    } else if (told.kind === "answer" && this.peer && told.session === this.session) {
      if (this.peer.signalingState !== "have-local-offer") return;
      await this.peer.setRemoteDescription({ type: "answer", sdp: told.sdp });
      await this.addEarly();
    } else if (told.kind === "candidate") {
      if (this.peer && told.session === this.session && this.peer.remoteDescription) await this.peer.addIceCandidate(told.candidate);
      else this.early.push(told);
    } else if (told.kind === "bye") {
      this.waitingOffer = null;
      if (this.microphone) { this.close(); this.say("theirs"); } else if (this.word === "invited") this.say("over");
    }
  }

  // Telling the other side: in order, again until it is through ------------------------------------------------------
  tell(payload) {
    this.outbox.push({ payload, until: performance.now() + 45000 });
    this.pump();
  }

  async pump() {
    if (this.pumping) return;
    this.pumping = true;
    while (this.outbox.length) {
      const one = this.outbox[0];
      let answer = null;
      try { answer = await this.post(this.panel.dataset.signal, new URLSearchParams({ payload: JSON.stringify(one.payload) })); } catch { /* no network */ }
      if (answer && answer.status < 500 && answer.status !== 429) this.outbox.shift();
      else if (performance.now() > one.until) this.outbox.shift();
      else await new Promise((done) => setTimeout(done, 700));
    }
    this.pumping = false;
  }

  post(address, body) {
    const token = this.root.querySelector("[name=csrfmiddlewaretoken]").value;
    return fetch(address, { method: "POST", body, headers: { Accept: "application/json", "X-CSRFToken": token }, signal: AbortSignal.timeout(8000) });
  }
};
