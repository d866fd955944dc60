import { byName, type Texts } from "./by-name";
import texts from "./zh.json";

const pages = byName(import.meta.glob<Texts>("./zh/*.json", { eager: true, import: "default" }));

export default { ...texts, ...pages };
