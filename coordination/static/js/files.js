// The files chosen, listed with type and size before they are sent. <input type="file" data-files>

function size(bytes) {
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))}KB` : `${(bytes / 1024 / 1024).toFixed(1)}MB`;
}

function files(root) {
  for (const input of root.querySelectorAll("input[data-files]")) {
    const told = root.createElement("div");
    told.className = "files-chosen";
    told.setAttribute("role", "status");
    input.after(told);
    input.addEventListener("change", () => {
      told.replaceChildren(...[...input.files].map((file) => {
        const line = root.createElement("p");
        line.textContent = `已选：${file.name}，${size(file.size)}`;
        return line;
      }));
    });
  }
}

files(document);
