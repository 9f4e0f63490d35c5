import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import { Refusal } from "../refusal.ts";
import type { Dataset, DatasetSource } from "./dataset.ts";
import { folderName, folderSlug } from "./folder_name.ts";
import { type FoundFile, type LeftOut, scanFolder } from "./folder_scan.ts";
import { type CacheIndex, readBytes, readIndex } from "./pixel_cache.ts";
import { prepare } from "./prepare.ts";

const FEWEST_IMAGES = 64; // a batch
const MOST_PIXEL_BYTES = 2 ** 31; // they are held in memory
const PREPARATION = 1; // to be raised when images are cut or scaled otherwise, so that caches are made anew
const SHOWN = 5; // files named one by one on the console

interface FolderIndex extends CacheIndex {
  /** Of the files' paths, sizes and times, and of how they are prepared. */
  readonly fingerprint: string;
  readonly count: number;
  readonly leftOut: readonly LeftOut[];
}

/**
 * The user's own PNG, JPEG and WebP images in a folder and the folders below it: upright, cut to the
 * centred square, scaled by area, on white, RGB. All of them are for training.
 *
 * The cache is made anew when a file has come, gone, or changed its size, time or permissions. What cannot be read
 * is left out, counted and named; fewer than 64 readable images are refused.
 */
export function folderSource(folder: string): DatasetSource {
  return {
    sizes: [64, 32, 128],
    channels: 3,
    async load({ size, split, cache }): Promise<Dataset> {
      if (split !== "train") {
        throw new Refusal(
          `--data ${folder}: a folder has no ${split} split, it is all for training`,
        );
      }
      const found = await scanFolder(folder, Math.floor(MOST_PIXEL_BYTES / (size * size * 3)));
      const { path, index } = await prepared(folder, found.files, size, cache);
      const leftOut = [...found.leftOut, ...index.leftOut];
      const files = found.files.length + found.leftOut.length;
      if (index.count < FEWEST_IMAGES) throw tooFew(folder, index.count, files, leftOut);
      if (leftOut.length > 0) console.error(leftOutLine(folder, files, leftOut, path));
      return {
        id: folderName(folder),
        title: folderName(folder),
        licence: "unknown (the user's own)",
        url: null,
        imageShape: [size, size, 3],
        count: index.count,
        pixels: await readBytes(path, index),
      };
    },
  };
}

async function prepared(
  folder: string,
  files: readonly FoundFile[],
  size: number,
  cache: string,
): Promise<{ path: string; index: FolderIndex }> {
  const place = createHash("sha256").update(resolve(folder)).digest("hex").slice(0, 12);
  const caches = join(cache, "folders");
  const path = join(caches, `${folderSlug(folder)}-${place}-${size}`);
  const fingerprint = createHash("sha256").update(JSON.stringify([PREPARATION, files])).digest(
    "hex",
  );
  const cached = await readIndex<FolderIndex>(path);
  if (cached?.fingerprint === fingerprint) return { path, index: cached };
  const request = {
    folder: resolve(folder),
    files: files.map(({ file }) => file),
    facts: { fingerprint },
  };
  await prepare("folder", caches, { args: [path, String(size)], input: JSON.stringify(request) });
  return { path, index: (await readIndex<FolderIndex>(path))! };
}

function tooFew(
  folder: string,
  count: number,
  files: number,
  [first]: readonly LeftOut[],
): Refusal {
  const example = first ? `. First unreadable: ${join(folder, first.file)} (${first.reason})` : "";
  return new Refusal(
    `--data ${folder} holds ${count} readable images (of ${files} files); ` +
      `at least ${FEWEST_IMAGES} are needed${example}`,
  );
}

function leftOutLine(
  folder: string,
  files: number,
  leftOut: readonly LeftOut[],
  path: string,
): string {
  const named = leftOut.slice(0, SHOWN).map(({ file, reason }) => `${file} (${reason})`).join(", ");
  const more = leftOut.length - SHOWN;
  return `--data ${folder}: ${leftOut.length} of ${files} files are left out: ${named}` +
    (more > 0 ? ` and ${more} more, which ${path}.json names` : "");
}
