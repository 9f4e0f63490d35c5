import { basename, dirname, join } from "node:path";
import { Refusal } from "./refusal.ts";
import { reasonOf } from "./system_error.ts";

/**
 * Writes `bytes` to `path` so that a reader, or a machine that loses power, sees the old content or
 * the new one and nothing between: into a temporary file beside it, flushed to disk, then renamed.
 *
 * Missing folders are made. The temporary file is removed when writing fails; only a killed process
 * leaves one, named as `isTemporary()` tells. Throws a Refusal that names the folder and the cause.
 */
export async function writeAtomically(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = temporaryName(path);
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
    await writeFlushed(temporary, bytes);
    await Deno.rename(temporary, path);
    await flushFolder(dirname(path));
  } catch (error) {
    await Deno.remove(temporary).catch(() => {}); // it may never have been made
    throw cannotWrite(path, error);
  }
}

/**
 * Makes the folder `path` complete or not at all: `build` fills a temporary folder beside it, which
 * then takes its place. An existing folder stays as it is until the new one is whole.
 *
 * An existing `path` is replaced with `force` only. Folders cannot be exchanged in one operation, so
 * a process killed between the two renames leaves the old one as `.<name>.old`; the next call, with
 * or without `force`, puts it back first. Throws a Refusal when `path` exists, or cannot be written.
 * What `build` throws is passed on, after the temporary folder is gone.
 */
export async function replaceFolder(
  path: string,
  build: (temporary: string) => Promise<void>,
  { force = false }: { force?: boolean } = {},
): Promise<void> {
  const temporary = temporaryName(path);
  const old = join(dirname(path), `.${basename(path)}.old`);
  if (!await exists(path) && await exists(old)) await Deno.rename(old, path);
  if (await exists(path) && !force) throw alreadyThere(path);

  try {
    await Deno.mkdir(temporary, { recursive: true });
  } catch (error) {
    throw cannotWrite(path, error);
  }
  try {
    await build(temporary);
    await flushTree(temporary);
    await swapIn(temporary, path, old, force);
  } catch (error) {
    await Deno.remove(temporary, { recursive: true });
    throw error;
  }
}

/** Whether a file's or folder's name is one that a killed process may have left behind. */
export function isTemporary(name: string): boolean {
  return /^\..+\.[0-9a-f]{8}\.tmp$/.test(name);
}

async function swapIn(temporary: string, path: string, old: string, force: boolean): Promise<void> {
  if (!await exists(path)) {
    await Deno.rename(temporary, path);
    await flushFolder(dirname(path));
    return;
  }
  if (!force) throw alreadyThere(path); // somebody made it while `build` ran
  await Deno.remove(old, { recursive: true }).catch(ignoreMissing);
  await Deno.rename(path, old);
  try {
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.rename(old, path);
    throw error;
  }
  await flushFolder(dirname(path));
  await Deno.remove(old, { recursive: true });
}

function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${crypto.randomUUID().slice(0, 8)}.tmp`);
}

async function writeFlushed(path: string, bytes: Uint8Array): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true });
  for (let written = 0; written < bytes.length;) {
    written += await file.write(bytes.subarray(written));
  }
  await file.sync();
}

async function flushTree(folder: string): Promise<void> {
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) await flushTree(path);
    else await flush(path);
  }
  await flushFolder(folder);
}

async function flush(path: string): Promise<void> {
  using file = await Deno.open(path);
  await file.sync();
}

// A rename is durable once its folder is flushed; Windows cannot open a folder, and need not.
async function flushFolder(folder: string): Promise<void> {
  if (Deno.build.os !== "windows") await flush(folder);
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw cannotWrite(path, error);
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

function alreadyThere(path: string): Refusal {
  return new Refusal(`${path} exists already: --force replaces it, --out names another folder`);
}

function cannotWrite(path: string, cause: unknown): Refusal {
  return new Refusal(
    `Cannot write ${basename(path)} in the folder ${dirname(path)}: ${reasonOf(cause)}. ` +
      "Make the folder writable, or name another",
    1,
    { cause },
  );
}
