// The cursor starts where the work is: in the error summary, else in the first input of #do when the address says so. "/" goes to the search box.

const INPUTS = ["input:not([type=hidden]), select, textarea", ".btn"];

// The first input in sight, or where there is none the first button.
function firstInput(place) {
  for (const kind of INPUTS) {
    const found = [...place.querySelectorAll(kind)].find((element) => element.offsetParent && !element.disabled);
    if (found) return found;
  }
  return place;
}

function toWork(root) {
  const place = location.hash === "#do" && root.getElementById("do");
  if (place) firstInput(place).focus();
}

function toErrors(root) {
  const errors = root.getElementById("errors");
  if (errors) errors.focus();
  return errors;
}

function isTyping(element) {
  return element && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName));
}

function focus(root) {
  if (!toErrors(root)) toWork(root);
  window.addEventListener("hashchange", () => toWork(root));
  const search = root.querySelector("[data-search]");
  if (!search) return;
  root.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.altKey || event.metaKey || isTyping(root.activeElement)) return;
    event.preventDefault();
    search.focus();
  });
}

focus(document);
