// A form that saves itself 3 seconds after a pause, and at once with Ctrl+S. Without scripts its buttons do the same.
//
// <form data-autosave>: posted as it stands to its own address with "X-Autosave: 1". The answer is JSON:
//   {message}                       said in [data-autosave-status] (role=status)
//   {fields: {name: value}}         hidden fields to renew: the versions now stored, the id of what was added
//   409 {name, theirs}              somebody else changed the field "name": both texts are shown, nothing is overwritten
// The cursor stays where it is. Links marked data-leave wait until what was written is saved.

const PAUSE = 3000;
const SAY_AT_MOST = 60000; // a screen reader is told of a routine save once a minute at most

class Autosave {
  constructor(form) {
    this.form = form;
    this.status = form.querySelector("[data-autosave-status]");
    this.clash = form.querySelector("[data-autosave-clash]");
    this.written = false;
    this.saving = null;
    this.timer = 0;
    this.toldAt = 0;
    form.addEventListener("input", () => this.touch());
    form.addEventListener("submit", (event) => this.submit(event));
    window.addEventListener("beforeunload", (event) => this.ask(event));
    for (const link of document.querySelectorAll("a[data-leave]")) link.addEventListener("click", (event) => this.leave(event, link));
  }

  touch() {
    this.written = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  // A press while a save is on its way waits for it: a clause that is just being added would be added twice.
  async submit(event) {
    clearTimeout(this.timer);
    this.written = false;
    if (!this.saving) return;
    event.preventDefault();
    await this.saving;
    if (!this.clash || this.clash.hidden) this.form.requestSubmit(event.submitter);
  }

  ask(event) {
    if (!this.written) return;
    event.preventDefault();
    event.returnValue = true; // Chromium before 119 looks only here
  }

  async leave(event, link) {
    if (!this.written) return;
    event.preventDefault();
    if (await this.save()) window.location.assign(link.href);
  }

  // One post at a time: a second wish waits for the first and then sends what stands in the form by then.
  async save() {
    clearTimeout(this.timer);
    while (this.saving) await this.saving;
    if (this.clash && !this.clash.hidden) return false;
    this.saving = this.post();
    const saved = await this.saving;
    this.saving = null;
    return saved;
  }

  async post() {
    this.written = false;
    const sent = new FormData(this.form);
    let status = 0;
    let answer = null;
    try {
      const response = await fetch(this.form.action, { method: "POST", body: sent, headers: { "X-Autosave": "1" } });
      status = response.status;
      if ((response.headers.get("Content-Type") || "").startsWith("application/json")) answer = await response.json();
    } catch {
      answer = null;
    }
    if (!answer) return this.failed("未能自动保存，请用“保存”按钮。您写的内容还在本页。");
    if (status === 409) return this.clashed(answer);
    if (status !== 200) return this.failed(answer.message);
    this.renew(answer.fields);
    this.say(answer.message, false);
    return true;
  }

  failed(message) {
    this.written = true;
    this.say(message, true);
    return false;
  }

  renew(fields) {
    for (const [name, value] of Object.entries(fields || {})) {
      const field = this.form.elements.namedItem(name);
      if (field) field.value = value;
    }
  }

  say(message, urgent) {
    if (!this.status) return;
    const now = Date.now();
    const quiet = !urgent && now - this.toldAt < SAY_AT_MOST;
    this.status.setAttribute("aria-live", quiet ? "off" : "polite");
    if (!quiet) this.toldAt = now;
    this.status.textContent = message;
  }

  clashed(answer) {
    this.written = true;
    this.say(answer.message, true);
    const field = this.form.elements.namedItem(answer.name);
    if (!this.clash || !field) return false;
    this.clash.replaceChildren(
      element("p", answer.message, "clash-words"),
      element("p", "对方的文字（已保存）："),
      element("pre", answer.theirs, "clash-text"),
      button("用我的", "btn btn-outline", () => this.settle(answer, field, field.value)),
      button("用对方的", "btn btn-outline", () => this.settle(answer, field, answer.theirs)),
      button("两份接在一起", "btn btn-outline", () => this.settle(answer, field, `${answer.theirs}\n${field.value}`)),
    );
    this.clash.hidden = false;
    return false;
  }

  settle(answer, field, text) {
    field.value = text;
    this.clash.hidden = true;
    this.renew(answer.fields);
    field.focus();
    this.save();
  }
}

function element(name, text, kind) {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  made.textContent = text;
  return made;
}

function button(text, kind, act) {
  const made = element("button", text, kind);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

// Ctrl+S saves; Alt+↑ and Alt+↓ press the buttons 上一项 and 保存并到下一项.
function keys(form, autosave) {
  const press = (value) => form.querySelector(`button[name=go][value=${value}]`)?.click();
  document.addEventListener("keydown", (event) => {
    const saves = event.ctrlKey && !event.altKey && event.key.toLowerCase() === "s";
    const moves = event.altKey && !event.ctrlKey && (event.key === "ArrowUp" || event.key === "ArrowDown");
    if (!saves && !moves) return;
    event.preventDefault();
    if (saves) autosave.save();
    else press(event.key === "ArrowUp" ? "previous" : "next");
  });
}

export function autosave(root) {
  for (const form of root.querySelectorAll("form[data-autosave]")) keys(form, new Autosave(form));
}

autosave(document);
