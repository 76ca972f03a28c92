// The cursor starts where the work is: in the error summary, else in the first input of #do when the address says so. "/" goes to the search box.

const INPUTS = "input:not([type=hidden]), select, textarea, button";

function start(root) {
  const errors = root.querySelector(".errors");
  if (errors) return errors.focus();
  if (location.hash !== "#do") return undefined;
  const place = root.getElementById("do");
  return place && (place.querySelector(INPUTS) || place).focus();
}

function isTyping(element) {
  return element && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName));
}

export function focus(root) {
  start(root);
  window.addEventListener("hashchange", () => start(root));
  const search = root.querySelector("[data-search]");
  if (!search) return;
  root.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.altKey || event.metaKey || isTyping(root.activeElement)) return;
    event.preventDefault();
    search.focus();
  });
}
