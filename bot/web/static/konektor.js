// Brings the page's own entry of a menu into sight where the menu is wider than the screen.
"use strict";

document.querySelectorAll("[aria-current=page]").forEach((entry) => {
  const list = entry.closest("ul");
  list.scrollLeft = entry.offsetLeft - (list.clientWidth - entry.offsetWidth) / 2;
});
