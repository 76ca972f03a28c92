// 读作：2026年7月9日（周四） beside a date field, kept true while it is changed. <output data-reading for="field">

const WEEKDAYS = "日一二三四五六";

function inWords(value) {
  const match = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}))?/.exec(value);
  if (!match) return "";
  const [, year, month, day, hour, minute] = match;
  const weekday = WEEKDAYS[new Date(Date.UTC(year, month - 1, day)).getUTCDay()];
  const time = hour === undefined ? "" : `${Number(hour)}:${minute}`;
  return `读作：${year}年${Number(month)}月${Number(day)}日（周${weekday}）${time}`;
}

function reading(root) {
  for (const output of root.querySelectorAll("output[data-reading]")) {
    const field = root.getElementById(output.htmlFor.toString());
    field?.addEventListener("input", () => { output.textContent = inWords(field.value); });
  }
}

reading(document);
