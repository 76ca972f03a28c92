// Leaving a form half written asks first. <form data-guard>; data-guard="written" is unsaved as it comes, and so is a form sent back with errors.
// A form of the page itself may always be sent, and a link marked data-leave always followed: those are the ways on.

function guard(root) {
  const written = new Set();
  for (const form of root.querySelectorAll("form[data-guard]")) {
    if (form.dataset.guard === "written" || form.querySelector(".errors")) written.add(form);
    form.addEventListener("input", () => written.add(form));
  }
  const main = root.querySelector("main");
  main.addEventListener("submit", () => written.clear());
  main.addEventListener("click", (event) => {
    if (event.target.closest("[data-leave]")) written.clear();
  });
  window.addEventListener("beforeunload", (event) => {
    if (!written.size) return;
    event.preventDefault();
    event.returnValue = true; // Chromium before 119 looks only here
  });
}

guard(document);
