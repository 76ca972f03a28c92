// The wall-screen: asks the server again every 5 seconds and turns the page every 15. When the server has been silent for 60 seconds the
// list goes: better nothing than a unit that may have been removed. Without scripts the page reloads itself every minute.

const ASK = 5000;
const TURN = 15000;
const SILENT = 60000;

class Wall {
  constructor(root) {
    this.root = root;
    this.silent = document.querySelector("[data-wall-silent]");
    this.said = document.querySelector("[data-wall-at]");
    this.foot = document.querySelector(".wall-foot");
    this.pause = document.querySelector("[data-wall-pause]");
    this.edition = null;
    this.first = 0;
    this.paused = false;
    this.heardAt = Date.now();
    this.pause.hidden = false;
    this.pause.addEventListener("click", () => this.toggle());
    window.addEventListener("resize", () => this.show());
    setInterval(() => this.ask(), ASK);
    setInterval(() => this.turn(), TURN);
    this.show();
    this.ask();
  }

  async ask() {
    try {
      const answer = await fetch(location.href, { cache: "no-cache", signal: AbortSignal.timeout(ASK) });
      if (answer.ok) await this.hear(answer);
    } catch {
      // No answer is what the next line is for.
    }
    if (Date.now() - this.heardAt >= SILENT) this.blank(true);
  }

  async hear(answer) {
    const edition = answer.headers.get("ETag");
    if (edition !== this.edition) this.replace(await answer.text());
    this.edition = edition;
    this.heardAt = Date.now();
    this.blank(false);
    const at = new Date(answer.headers.get("Date") || Date.now());
    this.said.textContent = `数据截至${at.toLocaleTimeString("zh-CN", { hour12: false, timeZone: "Asia/Shanghai" })}`;
  }

  replace(text) {
    const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[data-wall]");
    if (!fresh) return;
    this.root.replaceChildren(...fresh.childNodes);
    this.show();
  }

  blank(gone) {
    const changed = this.silent.hidden === gone;
    this.silent.hidden = !gone;
    this.root.hidden = gone;
    if (changed && !gone) this.show();
  }

  rows() {
    return [...this.root.querySelectorAll("[data-wall-row]")];
  }

  // As many rows from the first on as the screen holds.
  show() {
    const rows = this.rows();
    if (this.first >= rows.length) this.first = 0;
    for (const row of rows) row.hidden = true;
    this.shown = 0;
    for (const row of rows.slice(this.first)) {
      row.hidden = false;
      if (this.foot.getBoundingClientRect().bottom > window.innerHeight && this.shown > 0) {
        row.hidden = true;
        break;
      }
      this.shown += 1;
    }
  }

  turn() {
    if (this.paused || this.root.hidden) return;
    this.first += this.shown;
    this.show();
  }

  toggle() {
    this.paused = !this.paused;
    this.pause.textContent = this.paused ? "继续翻页" : "暂停翻页";
  }
}

const root = document.querySelector("[data-wall]");
if (root) new Wall(root);
