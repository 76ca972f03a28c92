// The score sheet on site. Without this script it is a plain form.
//
// What is typed is kept in localStorage under the recognition and the kind of inspection, with the key the page gave it, until the server
// says it has it; then it is taken away. Sent twice with the same key it is kept once, so a lost answer costs nothing.
// Photos are made smaller before they are sent. They are held by the page alone: after closing it they must be chosen again.

const AGAIN = 15000; // milliseconds between tries while there is no connection
const LONGEST_SIDE = 1600;
const NOT_KEPT = new Set(["csrf_token"]);
const OLDEST = 14 * 24 * 3600 * 1000; // what was left lying this long is no use to anybody

class Sheet {
  constructor(form) {
    this.form = form;
    this.place = `inspection:${form.dataset.inspect}`;
    this.state = form.querySelector("[data-inspect-state]");
    this.total = form.querySelector("[data-inspect-total]");
    this.timer = 0;
    this.sending = false;
    this.waiting = false;
    this.restore();
    this.count();
    form.addEventListener("input", () => this.touch());
    form.addEventListener("submit", (event) => this.submit(event));
    window.addEventListener("online", () => this.waiting && this.send());
    for (const button of form.querySelectorAll("button[data-points]")) this.offer(button);
  }

  offer(button) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const input = button.parentElement.querySelector("input");
      input.value = button.dataset.points;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }

  touch() {
    this.keep();
    this.count();
  }

  kept() {
    const fields = {};
    for (const field of this.form.elements) {
      if (field.name && field.type !== "file" && !NOT_KEPT.has(field.name)) fields[field.name] = field.value;
    }
    return fields;
  }

  keep() {
    try {
      localStorage.setItem(this.place, JSON.stringify({ at: Date.now(), fields: this.kept(), waiting: this.waiting }));
    } catch {
      this.say("本机存不下填写的内容，请尽快提交。", true);
    }
  }

  forget() {
    try {
      localStorage.removeItem(this.place);
    } catch {
      // A browser that keeps nothing has nothing to take away.
    }
  }

  restore() {
    let stored = null;
    try {
      stored = JSON.parse(localStorage.getItem(this.place) || "null");
    } catch {
      stored = null;
    }
    if (!stored || Date.now() - stored.at > OLDEST) return this.forget();
    const sheet = this.form.elements.namedItem("sheet_id");
    if (stored.fields.sheet_id !== sheet.value) {
      this.forget();
      return this.say("评分表已更换新版，上次未提交的评分不再适用。", true);
    }
    for (const [name, value] of Object.entries(stored.fields)) {
      const field = this.form.elements.namedItem(name);
      if (field && field.type !== "file") field.value = value;
      if (value && name.startsWith("note-")) field?.closest("details")?.setAttribute("open", "");
    }
    this.say(stored.waiting ? "上次未能发出，内容已恢复，请再按提交。照片须重新选择。" : "已恢复上次填写、尚未提交的内容。照片须重新选择。", true);
  }

  count() {
    const inputs = [...this.form.querySelectorAll("input[name^=points-]")];
    const done = inputs.filter((input) => input.value !== "");
    const sum = done.reduce((points, input) => points + Number(input.value), 0);
    const short = done.length === inputs.length && sum < Number(this.form.dataset.minimum) ? "，低于最低总分" : "";
    this.total.textContent = `已评${done.length}/${inputs.length}项，合计${sum}分（满分${this.form.dataset.most}）${short}`;
  }

  submit(event) {
    event.preventDefault();
    this.keep();
    this.send();
  }

  async send() {
    if (this.sending) return;
    clearTimeout(this.timer);
    this.sending = true;
    this.say("正在发送…", false);
    try {
      const body = await smaller(new FormData(this.form));
      const response = await fetch(this.form.action, { method: "POST", body, headers: { "X-Inspect": "1" } });
      await this.answered(response);
    } catch {
      this.wait();
    }
    this.sending = false;
  }

  async answered(response) {
    const readable = (response.headers.get("Content-Type") || "").startsWith("application/json");
    if (response.ok && readable) {
      const answer = await response.json();
      this.forget();
      window.location.assign(answer.url);
      return;
    }
    this.waiting = false;
    this.keep();
    if (readable) return this.refused(await response.json());
    if (response.redirected || response.status === 400) {
      return this.say("登录已结束，没有提交。填写的内容留在本机，请重新登录后再打开本页提交。", true);
    }
    if (response.status === 413) return this.say("照片太多或太大，没有提交。请减少照片后再提交。", true);
    if (response.status >= 500) return this.wait();
    this.say("没有提交。填写的内容留在本机，请刷新本页后再提交。", true);
  }

  refused(answer) {
    for (const item of this.form.querySelectorAll("[data-item]")) {
      const words = answer.wrong?.[item.dataset.item];
      item.classList.toggle("field-wrong", Boolean(words));
      const place = item.querySelector("[data-wrong]");
      place.hidden = !words;
      place.querySelector("span").textContent = words || "";
    }
    this.say(`没有提交：${answer.errors.join("；")}。`, true);
    (this.form.querySelector(".field-wrong input[name^=points-]") || this.state).focus();
    this.state.scrollIntoView({ block: "nearest" });
  }

  wait() {
    this.waiting = true;
    this.keep();
    this.say("没有网络，内容已存在本机，连上后自动发送。请不要关闭本页。", true);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), AGAIN);
  }

  say(words, urgent) {
    this.state.textContent = words;
    this.state.classList.toggle("is-waiting", urgent);
  }
}

// The same form with its photos no larger than a report needs.
async function smaller(data) {
  const sent = new FormData();
  for (const [name, value] of data.entries()) {
    if (!(value instanceof File)) {
      sent.append(name, value);
    } else if (value.size) {
      const made = await shrunk(value).catch(() => value); // what is no picture is sent as it is, and refused in words
      sent.append(name, made, made === value ? value.name : value.name.replace(/\.\w+$/, "") + ".jpg");
    }
  }
  return sent;
}

async function shrunk(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.8));
}

for (const form of document.querySelectorAll("form[data-inspect]")) new Sheet(form);
