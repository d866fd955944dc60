import { byName, type Texts } from "./by-name";
import texts from "./en.json";

const pages = byName(import.meta.glob<Texts>("./en/*.json", { eager: true, import: "default" }));

export default { ...texts, ...pages };
