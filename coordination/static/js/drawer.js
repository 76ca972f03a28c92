// 菜单 opens the left menu in place; without this it is a link to the menu's own page. Folds in the top bar close when left.

function drawer(root) {
  const opener = root.querySelector("[data-drawer]");
  const sheet = opener && root.getElementById(opener.dataset.drawer);
  if (!sheet) return;
  opener.setAttribute("role", "button");
  opener.setAttribute("aria-controls", sheet.id);
  const show = (open) => {
    sheet.classList.toggle("is-open", open);
    opener.setAttribute("aria-expanded", String(open));
  };
  show(false);
  opener.addEventListener("click", (event) => {
    event.preventDefault();
    show(!sheet.classList.contains("is-open"));
  });
  opener.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    opener.click();
  });
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !sheet.classList.contains("is-open")) return;
    show(false);
    opener.focus();
  });
}

function folds(root) {
  const all = [...root.querySelectorAll("details[data-fold]")];
  const closeOthers = (kept) => all.forEach((fold) => fold !== kept && fold.removeAttribute("open"));
  root.addEventListener("click", (event) => closeOthers(event.target.closest("details[data-fold]")));
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = all.find((fold) => fold.open);
    if (!open) return;
    open.removeAttribute("open");
    open.querySelector("summary").focus();
  });
}

drawer(document);
folds(document);
