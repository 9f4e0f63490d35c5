/** GET /models/:id.zip: a whole model in one file, made as it is asked for. */

import { zipSync } from "fflate";
import type { Context } from "hono";
import { contentType, entityTag, sendBytes } from "../_files.ts";
import type { Zoo } from "../_zoo.ts";

/** Of every entry: one model gives one file, whenever it is asked for. A zip's own clock begins here. */
const TIME = new Date(1980, 0, 1);

export function modelZip(zoo: Zoo) {
  return async (c: Context) => {
    const id = (c.req.param("zip") ?? "").replace(/\.zip$/, "");
    const exhibit = await zoo.get(id);
    if (exhibit === null || "problem" in exhibit) {
      return c.text("There is no such model.\n", 404, {
        "Cross-Origin-Resource-Policy": "cross-origin",
      });
    }
    const entries: Record<string, Uint8Array> = {};
    for (const name of ["card.json", ...Object.keys(exhibit.card.files)]) {
      const file = await zoo.file(id, name);
      if (file !== null) entries[`${id}/${name}`] = file.bytes;
    }
    // Weights and pictures do not shrink, and the rest is little: nothing is worth the time.
    const bytes = zipSync(entries, { level: 0, mtime: TIME });
    return sendBytes(c, bytes, await entityTag(bytes), {
      "Content-Type": contentType("model.zip"),
      "Content-Disposition": `attachment; filename="${id}.zip"`,
      "Cache-Control": "no-cache",
      "Cross-Origin-Resource-Policy": "cross-origin",
    });
  };
}

export function zipUrl(id: string): string {
  return `/models/${id}.zip`;
}
