export type Texts = Record<string, unknown>;

/** Texts of the file `sops.json` have keys that begin with `sops.`. */
export function byName(files: Record<string, Texts>): Texts {
  const name = (path: string) => path.replace(/^.*\/(.*)\.json$/, "$1");
  return Object.fromEntries(Object.entries(files).map(([path, texts]) => [name(path), texts]));
}
