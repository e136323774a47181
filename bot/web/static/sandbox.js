// Keeps the newest message in sight when a view is drawn anew, and the cursor where one was writing.
"use strict";

function showNewest(talk) {
  talk.scrollTop = talk.scrollHeight;
}

document.querySelectorAll(".talk").forEach(showNewest);
document.addEventListener("toggle", (event) => {
  if (event.target.open) event.target.scrollIntoView({ block: "nearest" });
}, true);
new MutationObserver((changes) => {
  for (const change of changes) {
    for (const node of change.addedNodes) {
      if (node instanceof HTMLElement && node.classList.contains("talk")) showNewest(node);
      if (node instanceof HTMLElement && node.matches("form.say")) node.querySelector("input[name=text]").focus();
    }
  }
}).observe(document.getElementById("main"), { childList: true, subtree: true });
