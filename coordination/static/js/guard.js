// Leaving a half-written form asks first. <form data-guard>

function guard(root) {
  const written = new Set();
  for (const form of root.querySelectorAll("form[data-guard]")) {
    form.addEventListener("input", () => written.add(form));
    form.addEventListener("submit", () => written.clear());
  }
  window.addEventListener("beforeunload", (event) => {
    if (!written.size) return;
    event.preventDefault();
    event.returnValue = true; // Chromium before 119 looks only here
  });
}

guard(document);
