// The files chosen, listed with type and size before they are sent. <input type="file" data-files>

function size(bytes) {
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))}KB` : `${(bytes / 1024 / 1024).toFixed(1)}MB`;
}

export function files(root) {
  for (const input of root.querySelectorAll("input[data-files]")) {
    const list = root.createElement("ul");
    list.className = "files files-chosen";
    list.setAttribute("role", "status");
    input.after(list);
    input.addEventListener("change", () => {
      list.replaceChildren(...[...input.files].map((file) => {
        const line = root.createElement("li");
        line.textContent = `已选：${file.name}，${size(file.size)}`;
        return line;
      }));
    });
  }
}
