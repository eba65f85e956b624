{% load static %}// The service worker of /my/ and /tasks/: keeps opened pages readable without a network, and nothing else. Contacts are
// never part of these pages (they come by POST and live in the phone's own drawer). Files: cache first; pages: network first.
"use strict";
importScripts("{% static "tasks/queue.js" %}");
const FILES = "tongzhou-tasks-files", OFFLINE = "/tasks/offline/", SLOW = 6000;
const KEPT = /^\/(my|tasks)\/(\d{10}\/)?$/;
const FIRST = ["{% static "tongzhou/tokens.css" %}", "{% static "tongzhou/base.css" %}", "{% static "tongzhou/components.css" %}", "{% static "tongzhou/tongzhou.js" %}", "{% static "tongzhou/mark.svg" %}", "{% static "django_htmx/htmx-2.min.js" %}", "{% static "tasks/tasks.css" %}", "{% static "tasks/queue.js" %}", "{% static "tasks/page.js" %}"];

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(caches.open(FILES).then(async (files) => {
    await Promise.all([...FIRST, OFFLINE].map((one) => files.add(one).catch(() => {})));
  }));
});
addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const files = await caches.open(FILES);
    const wanted = new Set([...FIRST, OFFLINE].map((one) => new URL(one, location).href));
    for (const kept of await files.keys()) if (!wanted.has(kept.url)) await files.delete(kept);
    await clients.claim();
  })());
});

const file = async (request) => {
  const files = await caches.open(FILES);
  const kept = await files.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok && new URL(request.url).searchParams.has("v")) await files.put(request, answer.clone());
  return answer;
};
const page = async (request, { pathname: path, search }) => {
  const pages = await caches.open(TaskQueue.PAGES);
  const kept = () => pages.match(path, { ignoreVary: true });
  const fresh = fetch(request).then(async (answer) => {
    // A redirect (signed out, moved) is not a page of anybody's tasks.
    if (answer.ok && answer.type === "basic" && !answer.redirected && !search) await pages.put(path, answer.clone());
    return answer;
  });
  const late = new Promise((found) => setTimeout(async () => { const old = await kept(); if (old) found(old); }, SLOW));
  try {
    return await Promise.race([fresh, late]);
  } catch {
    return (await kept()) || (await caches.match(OFFLINE, { ignoreVary: true })) || Response.error();
  }
};
addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/static/")) event.respondWith(file(request));
  else if (request.mode === "navigate" && KEPT.test(url.pathname)) event.respondWith(page(request, url));
});
addEventListener("sync", (event) => {
  if (event.tag !== "outbox") return;
  event.waitUntil(TaskQueue.flush().then((how) => { if (how.net === false) throw new Error("later"); }));
});
