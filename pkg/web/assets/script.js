// Two conveniences. Without this file every page works.

// Copy buttons.
for (const button of document.querySelectorAll("button[data-copy]")) {
  const label = [...button.childNodes];
  let restore;
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (!(await copy(button.dataset.copy))) return;
    button.textContent = button.dataset.done;
    clearTimeout(restore);
    restore = setTimeout(() => { button.replaceChildren(...label); }, 2000);
  });
}

// copy puts text on the clipboard and tells whether it could. Browsers have
// navigator.clipboard over https and on localhost only.
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "hidden";
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    return copied;
  }
}

// Suggestions below the search field: a combobox with a list, as the ARIA
// Authoring Practices describe it.
for (const form of document.querySelectorAll("form[data-suggest]")) suggest(form);

function suggest(form) {
  const input = form.elements.q;
  const list = document.createElement("ul");
  const status = document.createElement("p");
  let chosen = -1;
  let waiting;
  let asked;

  list.id = "suggestions";
  list.className = "options";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.labels[0].textContent);
  list.hidden = true;
  status.className = "hidden";
  status.setAttribute("role", "status");
  input.after(list, status);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");

  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 150);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // Chinese text is being entered
    const options = list.children;
    if (event.key === "Escape" && !list.hidden) close();
    else if (event.key === "ArrowDown" && options.length) choose(list.hidden ? 0 : chosen + 1);
    else if (event.key === "ArrowUp" && options.length) choose(list.hidden ? options.length - 1 : chosen - 1);
    else if (event.key === "Enter" && !list.hidden && chosen >= 0) options[chosen].click();
    else return;
    event.preventDefault();
  });
  input.addEventListener("blur", close);
  form.addEventListener("submit", close);

  async function ask() {
    asked?.abort();
    asked = new AbortController();
    const text = input.value.trim();
    if (!text) return show([]);
    try {
      const answer = await fetch(form.dataset.suggest + "?q=" + encodeURIComponent(text), { signal: asked.signal });
      if (answer.ok) show(await answer.json(), true);
    } catch {
      // Superseded by the next letter, or offline: the form still works.
    }
  }

  function show(found, tell) {
    list.replaceChildren(...found.map(option));
    chosen = -1;
    input.removeAttribute("aria-activedescendant");
    open(found.length > 0 && document.activeElement === input);
    status.textContent = !tell ? "" : found.length ? form.dataset.found.replace("{n}", found.length) : form.dataset.none;
  }

  function option(found, i) {
    const element = document.createElement("li");
    const name = document.createElement("strong");
    const description = document.createElement("span");
    element.id = "suggestion-" + i;
    element.setAttribute("role", "option");
    element.setAttribute("aria-selected", "false");
    name.textContent = found.name;
    description.textContent = found.description;
    element.append(name, description);
    element.addEventListener("mousedown", (event) => event.preventDefault()); // keep the focus
    element.addEventListener("click", () => { location.assign(found.address); });
    return element;
  }

  // choose marks an option; past either end, none.
  function choose(i) {
    const options = list.children;
    open(true);
    options[chosen]?.setAttribute("aria-selected", "false");
    chosen = i >= options.length ? -1 : i < -1 ? options.length - 1 : i;
    options[chosen]?.setAttribute("aria-selected", "true");
    if (chosen < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", options[chosen].id);
  }

  function open(is) {
    list.hidden = !is;
    input.setAttribute("aria-expanded", String(is));
  }

  function close() {
    clearTimeout(waiting);
    asked?.abort();
    choose(-1);
    open(false);
  }
}
