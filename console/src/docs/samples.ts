// The samples of docs/api/samples as they are: these very files are run by the tests.
const files = import.meta.glob<string>("../../../docs/api/samples/*", {
  query: "?raw",
  import: "default",
  eager: true,
});

/** How far a sample is tried by the tests of the product. */
export type Tried = "always" | "where_installed" | "never";

const LANGUAGES: [name: string, file: string, tried: Tried][] = [
  ["Shell", "sample.sh", "where_installed"],
  ["JavaScript", "sample.mjs", "always"],
  ["Java", "Sample.java", "where_installed"],
  ["Swift", "sample.swift", "never"],
  ["Go", "sample.go", "where_installed"],
  ["PHP", "sample.php", "where_installed"],
  ["Python", "sample.py", "where_installed"],
  ["HTTP", "sample.http", "always"],
  ["C", "sample.c", "where_installed"],
  ["C#", "Sample.cs", "never"],
  ["Objective-C", "sample.m", "never"],
  ["Ruby", "sample.rb", "where_installed"],
  ["OCaml", "sample.ml", "never"],
  ["Dart", "sample.dart", "never"],
  ["R", "sample.R", "never"],
];

export const samples = LANGUAGES.map(([name, file, tried]) => {
  const code = files[`../../../docs/api/samples/${file}`];
  if (code === undefined) throw new Error(`docs/api/samples/${file} is missing`);
  return { name, file, tried, code };
});
