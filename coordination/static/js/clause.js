// 读作 under a sentence while it is typed. Without scripts it is read when it is saved.
//
// <textarea name="clause_text" data-reads="/address"> posts its text, with the form's token, half a second after a pause;
// <div data-reading-of="clause_text"> shows the fragment that comes back. Only the answer to the newest text is shown.

const PAUSE = 500;

class LiveReading {
  constructor(field, place) {
    this.field = field;
    this.place = place;
    this.asked = 0;
    this.timer = 0;
    field.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.read(), PAUSE);
    });
  }

  async read() {
    const number = ++this.asked;
    const sent = new FormData();
    sent.set("csrf_token", this.field.form.elements.namedItem("csrf_token").value);
    sent.set(this.field.name, this.field.value);
    let shown = null;
    try {
      const response = await fetch(this.field.dataset.reads, { method: "POST", body: sent });
      if (response.ok && !response.redirected) shown = await response.text();
    } catch {
      shown = null;
    }
    if (number !== this.asked) return;
    if (shown === null) this.place.textContent = "暂时不能读出，保存后再看。";
    else this.place.innerHTML = shown; // our own template, with everything typed escaped
  }
}

for (const field of document.querySelectorAll("textarea[data-reads]")) {
  const place = document.querySelector(`[data-reading-of="${field.name}"]`);
  if (place) new LiveReading(field, place);
}
