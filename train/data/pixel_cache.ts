import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { writeAtomically } from "../atomic.ts";
import { Refusal } from "../refusal.ts";
import { reasonOf } from "../system_error.ts";

/**
 * A prepared data set on disk: `<path>.u8` holds bytes, pixels first, and `<path>.json` says what they
 * are. The index is removed before the bytes change and written after them, so that it never speaks
 * of other bytes than those beside it.
 */
export interface CacheIndex {
  /** Of the bytes. */
  readonly sha256: string;
  readonly bytes: number;
}

/**
 * Writes a cache from `chunks`, one at a time, so that it needs no more memory than the largest.
 * `facts` is asked after the last of them; what it returns goes into the index.
 *
 * Throws a Refusal when the folder cannot be written; what `chunks` or `facts` throw is passed on.
 */
export async function writeCache(
  path: string,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  facts: () => Record<string, unknown>,
): Promise<void> {
  const temporary = join(
    dirname(path),
    `.${basename(path)}.u8.${crypto.randomUUID().slice(0, 8)}.tmp`,
  );
  const hash = createHash("sha256");
  let bytes = 0;
  await writing(path, () => Deno.mkdir(dirname(path), { recursive: true }));
  try {
    using file = await writing(path, () => Deno.open(temporary, { write: true, createNew: true }));
    for await (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.length;
      await writing(path, async () => {
        for (let at = 0; at < chunk.length;) at += await file.write(chunk.subarray(at));
      });
    }
    await writing(path, () => file.sync());
    const index = { ...facts(), sha256: hash.digest("hex"), bytes };
    await removeIndex(path);
    await writing(path, () => Deno.rename(temporary, `${path}.u8`));
    await writeAtomically(`${path}.json`, new TextEncoder().encode(JSON.stringify(index)));
  } catch (error) {
    await Deno.remove(temporary).catch(() => {}); // it may have its final name already
    throw error;
  }
}

/**
 * The index of the cache at `path`; undefined where there is none. Throws a Refusal when it cannot be
 * read or is damaged.
 */
export async function readIndex<Index extends CacheIndex>(
  path: string,
): Promise<Index | undefined> {
  const file = `${path}.json`;
  let text: string;
  try {
    text = await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new Refusal(`Cannot read ${file}: ${reasonOf(error)}`, 1, { cause: error });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Refusal(`${file} is damaged: it is no JSON. Delete it and run again`, 1, {
      cause: error,
    });
  }
}

/** The bytes that `index` describes. Throws a Refusal when they are missing, unreadable or damaged. */
export async function readBytes(path: string, index: CacheIndex): Promise<Uint8Array> {
  const file = `${path}.u8`;
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(file);
  } catch (error) {
    const advice = `Delete ${path}.json and run again`;
    throw new Refusal(`Cannot read ${file}: ${reasonOf(error)}. ${advice}`, 1, { cause: error });
  }
  const found = createHash("sha256").update(bytes).digest("hex");
  if (found !== index.sha256) {
    throw new Refusal(
      `${file} is damaged: its SHA-256 is ${found}, expected ${index.sha256}. ` +
        `Delete ${path}.json and run again`,
    );
  }
  return bytes;
}

async function removeIndex(path: string): Promise<void> {
  try {
    await Deno.remove(`${path}.json`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw cannotWrite(path, error);
  }
}

async function writing<T>(path: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

function cannotWrite(path: string, cause: unknown): Refusal {
  return new Refusal(
    `Cannot write ${basename(path)}.u8 in the folder ${dirname(path)}: ${reasonOf(cause)}. ` +
      "Make room, or make the folder writable",
    1,
    { cause },
  );
}
