// Places while one types: <input data-places="address of the suggestions" data-within="code" data-places-label="...">.
// A combobox with a list (ARIA Authoring Practices); without this file the field is a plain field.
"use strict";
(() => {
  const WAIT = 180;

  const equip = (input) => {
    const list = document.createElement("ul");
    list.id = `${input.id}_places`;
    list.className = "places";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", input.dataset.placesLabel || "");
    input.parentElement.classList.add("has-places");
    input.insertAdjacentElement("afterend", list);
    for (const [name, value] of Object.entries({
      role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false",
    })) input.setAttribute(name, value);

    let timer = 0;
    let asked = null;
    let chosen = "";
    const options = () => [...list.querySelectorAll("[role=option]")];
    const at = () => options().findIndex((one) => one.getAttribute("aria-selected") === "true");

    const close = () => {
      clearTimeout(timer);
      if (asked) asked.abort();
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };
    const mark = (number) => {
      options().forEach((one, place) => one.setAttribute("aria-selected", String(place === number)));
      const one = options()[number];
      if (one) {
        input.setAttribute("aria-activedescendant", one.id);
        one.scrollIntoView({ block: "nearest" });
      } else input.removeAttribute("aria-activedescendant");
    };
    const take = (one) => {
      chosen = one.dataset.text;
      input.value = chosen;
      close();
      input.focus();
      input.dispatchEvent(new Event("input", { bubbles: true }));
    };
    const show = (html) => {
      list.innerHTML = html;
      options().forEach((one, number) => { one.id = `${list.id}_${number}`; });
      const some = options().length > 0 && document.activeElement === input;
      list.hidden = !some;
      input.setAttribute("aria-expanded", String(some));
      input.removeAttribute("aria-activedescendant");
      const said = list.querySelector("[data-said]");
      const spot = document.getElementById("said");
      if (some && said && spot) spot.textContent = said.dataset.said;
    };
    const ask = async () => {
      if (asked) asked.abort();
      asked = new AbortController();
      const body = new URLSearchParams({ q: input.value, within: input.closest("form")?.dataset.within || "" });
      try {
        const answer = await fetch(input.dataset.places, { method: "POST", body, signal: asked.signal });
        show(answer.ok ? await answer.text() : "");
      } catch { /* a newer question, or no network: the field stays a plain field */ }
    };

    input.addEventListener("input", (event) => {
      if (event.isComposing || input.value === chosen) return;
      clearTimeout(timer);
      if (input.value.trim().length < 2) close();
      else timer = setTimeout(ask, WAIT);
    });
    input.addEventListener("compositionend", () => input.dispatchEvent(new Event("input", { bubbles: true })));
    input.addEventListener("keydown", (event) => {
      if (event.isComposing || list.hidden) return;
      const count = options().length;
      if (event.key === "ArrowDown") mark((at() + 1) % count);
      else if (event.key === "ArrowUp") mark((at() <= 0 ? count : at()) - 1);
      else if (event.key === "Escape") close();
      else if (event.key === "Enter" && at() >= 0) take(options()[at()]);
      else {
        if (event.key === "Enter" || event.key === "Tab") close();
        return;
      }
      event.preventDefault();
      event.stopPropagation();
    });
    list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    list.addEventListener("click", (event) => {
      const one = event.target.closest("[role=option]");
      if (one) take(one);
    });
    input.addEventListener("blur", close);
  };

  for (const input of document.querySelectorAll("input[data-places]")) equip(input);
})();
