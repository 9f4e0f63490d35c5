/** GET /models/:id/*: a model's files, for this site's pages and for anybody else's. */

import type { Context } from "hono";
import { sendBytes } from "../_files.ts";
import type { Zoo } from "../_zoo.ts";

export function modelFile(zoo: Zoo) {
  return async (c: Context) => {
    const file = await zoo.file(c.req.param("id") ?? "", c.req.param("path") ?? "");
    if (file === null) {
      return c.text("There is no such model file.\n", 404, {
        "Cross-Origin-Resource-Policy": "cross-origin",
      });
    }
    // `?v=` and the beginning of the file's hash: an address whose content never changes.
    const version = c.req.query("v") ?? "";
    const isPinned = version.length >= 16 && file.tag.startsWith(`"${version}`);
    return sendBytes(c, file.bytes, file.tag, {
      "Content-Type": file.type,
      "Cache-Control": isPinned ? "public, max-age=31536000, immutable" : "no-cache",
      "Cross-Origin-Resource-Policy": "cross-origin",
    });
  };
}

/** The address of a model's file; with its hash from the card, one that browsers may keep for good. */
export function modelFileUrl(id: string, path: string, sha256?: string): string {
  const version = sha256 === undefined ? "" : `?v=${sha256.slice(0, 16)}`;
  return `/models/${id}/${path}${version}`;
}
