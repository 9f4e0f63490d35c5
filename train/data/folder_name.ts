import { basename, resolve } from "node:path";

/** Whether what `--data` was given is a path: it holds a separator, or a folder has this name. */
export function isFolderPath(text: string): boolean {
  if (/[/\\]/.test(text)) return true;
  try {
    return Deno.statSync(text).isDirectory;
  } catch {
    return false; // missing, or not to be looked at: no folder to train on either way
  }
}

/** The folder's own name, also where its path is `.` or ends with a separator. */
export function folderName(path: string): string {
  return basename(resolve(path)) || "images";
}

/** The folder's name as a part of ids and file names: lower-case words joined by hyphens. */
export function folderSlug(path: string): string {
  const words = folderName(path).toLowerCase().match(/[a-z0-9]+/g) ?? ["images"];
  return words.join("-");
}
