/** GET /models/:id/*: a model's files, for this site's pages and for anybody else's. */

import type { Context } from "hono";
import type { ModelCard } from "../../sampler/card.ts";
import { entityTag, sendBytes } from "../_files.ts";
import { firstSample } from "../_first_sample.ts";
import { POSTER, type Zoo } from "../_zoo.ts";

export function modelFile(zoo: Zoo) {
  return async (c: Context) => {
    const id = c.req.param("id") ?? "";
    const path = c.req.param("path") ?? "";
    const file = await zoo.file(id, path);
    if (file === null) {
      return c.text("There is no such model file.\n", 404, {
        "Cross-Origin-Resource-Policy": "cross-origin",
      });
    }
    // `?v=` and the beginning of the file's hash: an address whose content never changes.
    const version = c.req.query("v") ?? "";
    const isPinned = version.length >= 16 && file.tag.startsWith(`"${version}`);
    const headers = {
      "Content-Type": file.type,
      "Cache-Control": isPinned ? "public, max-age=31536000, immutable" : "no-cache",
      "Cross-Origin-Resource-Policy": "cross-origin",
    };
    if (path === POSTER && c.req.query("samples") === "1") {
      const exhibit = await zoo.get(id);
      const sample = exhibit && "card" in exhibit &&
        firstSample(file.bytes, exhibit.card.imageShape);
      if (sample) return sendBytes(c, sample, await entityTag(sample), headers);
    }
    return sendBytes(c, file.bytes, file.tag, headers);
  };
}

/** The address of a model's file; with its hash from the card, one that browsers may keep for good. */
export function modelFileUrl(id: string, path: string, sha256?: string): string {
  const version = sha256 === undefined ? "" : `?v=${sha256.slice(0, 16)}`;
  return `/models/${id}/${path}${version}`;
}

/** The address of a model's poster, or of its first sample alone, which is seed 1's; null where there is none. */
export function posterUrl({ id, files }: ModelCard, samples: "first" | "all"): string | null {
  if (!(POSTER in files)) return null;
  const url = modelFileUrl(id, POSTER, files[POSTER].sha256);
  return samples === "first" ? `${url}&samples=1` : url;
}
