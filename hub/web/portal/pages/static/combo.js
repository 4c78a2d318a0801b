// Makes a searchable list of a select, or of a text with proposals: the
// combobox pattern with a list box, by keyboard and by finger. Without this the
// browser's own list does the same.

for (const field of document.querySelectorAll("[data-combo]")) make(field);

// entries reads headings and options of a field.
function entries(field) {
  const out = [];
  const take = (o, group) => {
    if (!o.value) return;
    const name = field.tagName === "SELECT" ? o.textContent.replace(o.value, "").trim() : o.value.replace(/^\S+\s/, "");
    const code = field.tagName === "SELECT" ? o.value : o.value.split(" ")[0];
    out.push({ value: o.value, code, name, group, note: o.dataset.note || "" });
  };
  if (field.tagName !== "SELECT") {
    for (const o of field.list.options) take(o, "");
    return out;
  }
  for (const child of field.children) {
    if (child.tagName === "OPTGROUP") for (const o of child.children) take(o, child.label);
    else take(child, "");
  }
  return out;
}

function make(field) {
  const form = field.form, all = entries(field), free = field.tagName !== "SELECT";
  if (!all.length) return;
  const id = field.id;
  const box = document.createElement("div");
  box.className = free ? "combo free" : "combo";
  const list = document.createElement("ul");
  list.className = "options";
  list.id = id + "-list";
  list.setAttribute("role", "listbox");
  list.hidden = true;
  const label = form.querySelector(`label[for="${CSS.escape(id)}"]`);
  if (label) { label.id = label.id || id + "-label"; list.setAttribute("aria-labelledby", label.id); }
  const live = document.createElement("span");
  live.className = "sr";
  live.setAttribute("role", "status");

  let input = field, code = null;
  field.before(box);
  if (free) {
    field.removeAttribute("list");
    box.append(field);
  } else {
    input = document.createElement("input");
    input.className = "input";
    input.autocomplete = "off";
    if (field.options[0] && !field.options[0].value) input.placeholder = field.options[0].textContent;
    for (const name of ["aria-describedby", "aria-invalid"]) {
      if (field.hasAttribute(name)) { input.setAttribute(name, field.getAttribute(name)); field.removeAttribute(name); }
    }
    field.id = id + "-value";
    input.id = id;
    field.hidden = true;
    field.classList.remove("input");
    code = document.createElement("span");
    code.className = "code num";
    code.setAttribute("aria-hidden", "true");
    box.append(code, input, field);
  }
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);
  box.append(list, live);

  let shown = [], at = -1;
  const chosen = () => all.find((e) => e.value === field.value);
  const settle = () => {
    if (free) return;
    const e = chosen();
    code.textContent = e ? e.code : "";
    input.value = e ? e.name : "";
  };
  settle();
  // A field may be sent back to as it was by the browser's way back.
  addEventListener("pageshow", settle);

  function fits(e, words) {
    return words.every((w) => e.code.startsWith(w) || e.name.toLowerCase().includes(w) || subsequence(e.name, w));
  }

  // subsequence lets 大专 find 大学专科毕业.
  function subsequence(name, word) {
    if (word.length < 2) return false;
    let i = 0;
    for (const c of name) if (c === word[i]) i++;
    return i >= word.length;
  }

  function open(text) {
    const words = text.normalize("NFKC").toLowerCase().trim().split(/\s+/).filter(Boolean);
    shown = all.filter((e) => fits(e, words));
    // What holds the word itself comes before what only has its characters.
    if (words.length === 1) {
      const direct = (e) => e.code.startsWith(words[0]) || e.name.toLowerCase().includes(words[0]);
      shown = [...shown.filter(direct), ...shown.filter((e) => !direct(e))];
    }
    list.replaceChildren();
    let group = "";
    shown.forEach((e, i) => {
      if (e.group !== group) {
        group = e.group;
        if (group && !words.length) {
          const head = document.createElement("li");
          head.className = "head";
          head.setAttribute("role", "presentation");
          const span = document.createElement("span");
          span.textContent = group;
          head.append(span);
          list.append(head);
        }
      }
      list.append(row(e, i, words));
    });
    if (!shown.length) {
      const none = document.createElement("li");
      none.className = "none";
      none.setAttribute("role", "option");
      none.setAttribute("aria-disabled", "true");
      none.setAttribute("aria-selected", "false");
      const span = document.createElement("span");
      span.textContent = form.dataset.none;
      none.append(span);
      list.append(none);
    }
    live.className = "sr";
    live.textContent = shown.length ? form.dataset.count.replace("%s", shown.length) : form.dataset.none;
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    go(words.length && shown.length ? 0 : shown.findIndex((e) => e.value === field.value));
  }

  function row(e, i, words) {
    const li = document.createElement("li");
    li.id = `${list.id}-${i}`;
    li.setAttribute("role", "option");
    li.setAttribute("aria-selected", "false");
    const first = document.createElement("span"), name = document.createElement("span");
    first.textContent = e.code;
    lit(name, e.name, words);
    li.append(first, name);
    if (e.note) {
      const note = document.createElement("span");
      note.className = "small";
      note.textContent = e.note;
      li.append(note);
    }
    li.addEventListener("pointerdown", (x) => x.preventDefault()); // the focus stays in the field
    li.addEventListener("click", () => take(e));
    return li;
  }

  // lit marks in a name what was typed.
  function lit(span, name, words) {
    const w = words.find((w) => name.toLowerCase().includes(w));
    if (!w) { span.textContent = name; return; }
    const from = name.toLowerCase().indexOf(w);
    const mark = document.createElement("mark");
    mark.textContent = name.slice(from, from + w.length);
    span.append(name.slice(0, from), mark, name.slice(from + w.length));
  }

  function go(to) {
    const rows = list.querySelectorAll('[role="option"]:not([aria-disabled])');
    if (at >= 0 && rows[at]) rows[at].setAttribute("aria-selected", "false");
    at = to;
    if (at < 0 || !rows[at]) { at = -1; input.removeAttribute("aria-activedescendant"); return; }
    rows[at].setAttribute("aria-selected", "true");
    rows[at].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", rows[at].id);
  }

  function close() {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    live.textContent = "";
  }

  function take(e) {
    const was = field.value;
    field.value = e ? e.value : "";
    settle();
    close();
    if (field.value !== was) {
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }

  // leave settles what was typed and not chosen: a whole code or name is taken,
  // an emptied field is emptied, and anything else leaves what stood there, and
  // is said, so that nothing typed goes without a word.
  function leave() {
    close();
    if (free) return;
    const typed = input.value.normalize("NFKC").trim();
    const e = chosen();
    if (e && typed === e.name) return;
    if (!typed) { take(null); return; }
    const whole = all.filter((x) => x.code === typed || x.name === typed);
    const some = all.filter((x) => fits(x, [typed.toLowerCase()]));
    if (whole.length === 1) take(whole[0]);
    else if (some.length === 1) take(some[0]);
    else {
      settle();
      live.className = "small unchosen";
      live.textContent = form.dataset.unchosen.replace("%s", typed);
    }
  }

  input.addEventListener("input", (e) => { if (e.isTrusted) { if (!free) e.stopPropagation(); open(input.value); } });
  input.addEventListener("click", () => { if (list.hidden) open(""); });
  input.addEventListener("blur", leave);
  input.addEventListener("keydown", (e) => {
    if (e.isComposing) return;
    const many = shown.length;
    switch (e.key) {
      case "ArrowDown":
      case "ArrowUp":
        e.preventDefault();
        if (list.hidden) { open(""); if (at < 0) go(e.key === "ArrowDown" ? 0 : shown.length - 1); return; }
        if (many) go(e.key === "ArrowDown" ? (at + 1) % many : (at <= 0 ? many : at) - 1);
        return;
      case "Home":
      case "End":
        if (list.hidden || at < 0) return;
        e.preventDefault();
        go(e.key === "Home" ? 0 : many - 1);
        return;
      case "PageDown":
      case "PageUp":
        if (list.hidden || !many) return;
        e.preventDefault();
        go(e.key === "PageDown" ? Math.min(at + 6, many - 1) : Math.max(at - 6, 0));
        return;
      case "Enter":
        if (list.hidden) return;
        e.preventDefault();
        if (at >= 0) take(shown[at]); else close();
        return;
      case "Escape":
        if (list.hidden) { if (!free) settle(); return; }
        e.preventDefault();
        close();
        settle();
        return;
      case "Tab":
        if (!list.hidden && at >= 0 && input.value) take(shown[at]);
    }
  });
}
