// The print button, which without scripts would do nothing and is hidden. <button data-print hidden>

function printing(root) {
  for (const button of root.querySelectorAll("button[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}

printing(document);
