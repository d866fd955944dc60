// The page at /docs: a guide, samples, and the reference with which calls can be tried.
import { marked } from "marked";
import en from "../../../docs/api/guide.md?raw";
import zh from "../../../docs/api/guide.zh-CN.md?raw";
import "./docs.css";
import { make } from "./dom";
import { sampleTabs } from "./tabs";
import { texts, type Language } from "./texts";
import { showReference } from "./viewer";

// The console's key (i18n/index.ts); to import it would load the console here.
const KEPT_AS = "siyu.language";
const GUIDES: Record<Language, string> = { "zh-CN": zh, en };

const main = document.getElementById("docs");
if (!main) throw new Error("docs.html has no #docs");

const guide = make("div", { className: "guide" });
const [appId, appKey] = [make("input", { id: "appId" }), make("input", { id: "appKey", type: "password" })];
for (const input of [appId, appKey]) Object.assign(input, { autocomplete: "off", spellcheck: false });
const referenceHead = make("div", { className: "guide", id: "reference" });
const viewer = make("div", { className: "viewer" });
main.append(guide, referenceHead, viewer);

function show(language: Language) {
  const t = texts[language];
  document.documentElement.lang = language;
  document.title = `${t.title} - Siyu`;
  const other = make("button", { type: "button", className: "other-language" }, t.other);
  other.lang = language === "en" ? "zh-CN" : "en";
  other.onclick = () => {
    const next = language === "en" ? "zh-CN" : "en";
    localStorage.setItem(KEPT_AS, next);
    show(next);
    document.querySelector<HTMLElement>(".other-language")?.focus();
  };
  const text = make("div");
  // Our own text, which is a part of the program.
  text.innerHTML = marked.parse(GUIDES[language].replaceAll("{{url}}", location.origin), { async: false });
  for (const table of text.querySelectorAll("table")) {
    const scroller = make("div", { className: "table", tabIndex: 0, role: "region", ariaLabel: t.title });
    table.replaceWith(scroller);
    scroller.append(table);
  }
  for (const pre of text.querySelectorAll("pre")) pre.tabIndex = 0;
  const headings = [...text.querySelectorAll("h2")];
  headings.forEach((heading, at) => (heading.id = `part-${at + 1}`));
  const link = (href: string, name: string) => make("li", {}, make("a", { href }, name));
  const contents = make(
    "nav",
    { ariaLabel: t.contents },
    make(
      "ul",
      {},
      ...headings.map((heading) => link(`#${heading.id}`, heading.textContent)),
      link("#samples", t.samples),
      link("#reference", t.reference),
    ),
  );
  const head = make("header", {}, make("h1", {}, t.title), other);
  const samples = make("section", { id: "samples" }, make("h2", {}, t.samples), make("p", {}, t.samplesNote));
  samples.append(sampleTabs(t));
  guide.replaceChildren(head, contents, text, samples);
  const field = (name: string, input: HTMLInputElement) => make("label", {}, name, input);
  referenceHead.replaceChildren(
    make("h2", {}, t.reference),
    make("p", {}, t.referenceNote),
    make("div", { className: "app" }, field(t.appId, appId), field(t.appKey, appKey)),
    make("p", {}, make("a", { href: "/openapi.json" }, t.document)),
  );
}

show(localStorage.getItem(KEPT_AS) === "en" ? "en" : "zh-CN");
showReference(viewer, () => ({ appId: appId.value.trim(), appKey: appKey.value.trim() }));
