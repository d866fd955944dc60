import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { upload } from "../../api/stream";

/** What the server takes. */
export const MAX_BYTES = 20 * 1024 * 1024;

export interface Upload {
  key: number;
  name: string;
  state: "waits" | "runs" | "done" | "failed" | "too_large";
  error?: unknown;
}

/** Files on their way into the library, one after the other: each gets the whole line. */
export function useUploads() {
  const queries = useQueryClient();
  const [uploads, setUploads] = useState<Upload[]>([]);
  const before = useRef(Promise.resolve());
  const nextKey = useRef(0);
  const change = (key: number, changes: Partial<Upload>) =>
    setUploads((all) => all.map((one) => (one.key === key ? { ...one, ...changes } : one)));

  const put = async (key: number, file: File) => {
    change(key, { state: "runs" });
    try {
      await upload(file);
      change(key, { state: "done" });
      await queries.invalidateQueries({ queryKey: ["files"] });
    } catch (error) {
      change(key, { state: "failed", error });
    }
  };
  const add = (file: File) => {
    const key = nextKey.current++;
    const fits = file.size <= MAX_BYTES;
    // What went well before is told no more.
    setUploads((all) => [
      ...all.filter(({ state }) => state !== "done"),
      { key, name: file.name, state: fits ? "waits" : "too_large" },
    ]);
    if (fits) before.current = before.current.then(() => put(key, file));
  };
  const forget = (key: number) => setUploads((all) => all.filter((one) => one.key !== key));
  return { uploads, add, forget };
}
