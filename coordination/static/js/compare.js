// 上一处/下一处 between the places where two texts differ. <div data-compare>

function compare(root) {
  for (const box of root.querySelectorAll("[data-compare]")) {
    const changes = new Map();
    for (const mark of box.querySelectorAll("[data-change]")) if (!changes.has(mark.dataset.change)) changes.set(mark.dataset.change, mark);
    const places = [...changes.keys()].sort((a, b) => a - b).map((number) => changes.get(number));
    if (places.length < 2) continue;
    box.querySelector(".compare-steps").hidden = false;
    let current = -1;
    for (const button of box.querySelectorAll("[data-step]")) {
      button.addEventListener("click", () => {
        current = (current + Number(button.dataset.step) + places.length) % places.length;
        if (current < 0) current = 0;
        for (const mark of box.querySelectorAll(".is-current")) mark.classList.remove("is-current");
        for (const mark of box.querySelectorAll(`[data-change="${places[current].dataset.change}"]`)) mark.classList.add("is-current");
        places[current].scrollIntoView({ block: "nearest" });
      });
    }
  }
}

compare(document);
