import { make } from "./dom";
import { samples } from "./samples";
import type { texts } from "./texts";

/** The samples, one language at a time. */
export function sampleTabs(t: (typeof texts)["en"]): HTMLElement {
  const note = make("p", { className: "tried" });
  const code = make("code");
  const copy = make("button", { type: "button", className: "copy" }, t.copy);
  const pre = make("pre", { tabIndex: 0 }, code);
  const buttons = samples.map((sample) => {
    const button = make("button", { type: "button", className: "language" }, sample.name);
    button.onclick = () => {
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
      note.textContent = `${sample.file} · ${t.tried[sample.tried]}`;
      code.textContent = sample.code;
      copy.textContent = t.copy;
    };
    return button;
  });
  copy.onclick = async () => {
    await navigator.clipboard.writeText(code.textContent);
    copy.textContent = t.copied;
  };
  buttons[0]?.click();
  const languages = make("div", { className: "languages", role: "group", ariaLabel: t.languages }, ...buttons);
  // Elsewhere than on https and localhost a page may not write into the clipboard.
  const tools = make("div", { className: "tools" }, note, ...(window.isSecureContext ? [copy] : []));
  return make("div", { className: "samples" }, languages, tools, pre);
}
