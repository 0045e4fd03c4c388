// Menus: a button with aria-expanded, and the list after it. Without this script CSS opens them on focus.
"use strict";

(() => {
  document.documentElement.classList.add("js");
  const opener = (menu) => menu.querySelector("button[aria-expanded]");
  const items = (menu) => [...menu.querySelectorAll(".menu-list a, .menu-list button")];

  function set(menu, open) {
    opener(menu).setAttribute("aria-expanded", String(open));
  }

  function closeOthers(kept) {
    for (const menu of document.querySelectorAll(".menu")) {
      if (menu !== kept) set(menu, false);
    }
  }

  function step(menu, by) {
    const all = items(menu);
    const at = all.indexOf(document.activeElement);
    const next = at < 0 && by < 0 ? all.length - 1 : (at + by + all.length) % all.length;
    all[next]?.focus();
  }

  function onKey(menu, event) {
    if (event.key === "Escape") {
      set(menu, false);
      opener(menu).focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      set(menu, true);
      step(menu, event.key === "ArrowDown" ? 1 : -1);
    }
  }

  for (const menu of document.querySelectorAll(".menu")) {
    const button = opener(menu);
    button.addEventListener("click", () => set(menu, button.getAttribute("aria-expanded") !== "true"));
    menu.addEventListener("keydown", (event) => onKey(menu, event));
    menu.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !menu.contains(event.relatedTarget)) set(menu, false);
    });
  }
  document.addEventListener("click", (event) => closeOthers(event.target.closest(".menu")));
})();
