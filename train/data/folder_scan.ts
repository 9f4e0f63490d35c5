import { join } from "node:path";
import { Refusal } from "../refusal.ts";
import { reasonOf } from "../system_error.ts";

/** A file below a folder. */
export interface FoundFile {
  /** Relative to the folder, with slashes. */
  readonly file: string;
  readonly bytes: number;
  /** When its content was last changed, in milliseconds since 1970. */
  readonly modifiedMs: number;
  /** The same of its permissions and name, too, where the system keeps it. */
  readonly changedMs: number;
}

/** A file, or a folder, that cannot be used, and why. */
export interface LeftOut {
  readonly file: string;
  readonly reason: string;
}

const MOST_BYTES = 200e6; // of a file: more than 64 million pixels take in any of the formats

/**
 * Every file below `folder`, sorted by path. Hidden files and folders are passed over. A link is
 * followed, and a folder that is reached twice counts once, so that loops end.
 *
 * Broken links, files above 200 MB and folders that cannot be read are left out and named. Throws a
 * Refusal when `folder` itself is missing, unreadable or no folder, and as soon as more than `most`
 * files are found.
 */
export async function scanFolder(
  folder: string,
  most: number,
): Promise<{ files: FoundFile[]; leftOut: LeftOut[] }> {
  const files: FoundFile[] = [];
  const leftOut: LeftOut[] = [];
  const visited = new Set<string>();

  async function visitFolder(path: string): Promise<void> {
    const real = await Deno.realPath(join(folder, path));
    if (visited.has(real)) return;
    visited.add(real);
    const names: string[] = [];
    for await (const { name } of Deno.readDir(real)) if (!name.startsWith(".")) names.push(name);
    for (const name of names.sort()) await visit(path === "" ? name : `${path}/${name}`);
  }

  async function visit(path: string): Promise<void> {
    try {
      const { isDirectory, isFile, size, mtime, ctime } = await Deno.stat(join(folder, path));
      if (isDirectory) await visitFolder(path);
      // Devices and pipes are passed over: reading them may never end.
      else if (isFile && size > MOST_BYTES) leftOut.push({ file: path, reason: tooLarge(size) });
      else if (isFile) {
        const [modifiedMs, changedMs] = [mtime, ctime].map((time) => time?.getTime() ?? 0);
        files.push({ file: path, bytes: size, modifiedMs, changedMs });
      }
    } catch (error) {
      if (error instanceof Refusal) throw error;
      leftOut.push({ file: path, reason: reasonOf(error) });
    }
    if (files.length > most) throw new Refusal(`--data ${folder} holds more than ${most} files`, 2);
  }

  try {
    const { isDirectory } = await Deno.stat(folder);
    if (!isDirectory) {
      throw new Refusal(`--data ${folder} is a file; a folder of images is wanted`, 2);
    }
    await visitFolder("");
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(`--data ${folder} cannot be read: ${reasonOf(error)}`, 2, { cause: error });
  }
  return { files, leftOut };
}

function tooLarge(bytes: number): string {
  return `too large: ${Math.ceil(bytes / 1e6)} MB, at most ${MOST_BYTES / 1e6} MB`;
}
