/** GET /assets/:name: what the build wrote, under names that change with their content. */

import type { Context } from "hono";
import type { Build, Encoding } from "./_build.ts";
import { contentType, matches } from "./_files.ts";

/** Smallest first. */
const PREFERENCE: Encoding[] = ["br", "gzip"];

export function assets(build: Build) {
  return (c: Context) => {
    const name = c.req.param("name") ?? "";
    const asset = build.files.get(name);
    if (asset === undefined) return c.notFound();
    const headers: Record<string, string> = {
      "Content-Type": contentType(name),
      "Cache-Control": "public, max-age=31536000, immutable",
      "Cross-Origin-Resource-Policy": "cross-origin",
      // The name holds the content's hash, so it is the content's tag too.
      ETag: `W/"${name}"`,
      Vary: "Accept-Encoding",
    };
    if (matches(c.req.header("If-None-Match"), `"${name}"`)) return c.body(null, 304, headers);
    const encoding = PREFERENCE.find((e) => asset.encoded[e] && accepts(c, e));
    if (encoding !== undefined) headers["Content-Encoding"] = encoding;
    const bytes = encoding === undefined ? asset.bytes : asset.encoded[encoding]!;
    return c.body(bytes, 200, { ...headers, "Content-Length": String(bytes.length) });
  };
}

function accepts(c: Context, encoding: Encoding): boolean {
  const accepted = (c.req.header("Accept-Encoding") ?? "").toLowerCase().split(",");
  return accepted.some((part) => {
    const [name, ...parameters] = part.split(";").map((text) => text.trim());
    return name === encoding && !parameters.some((p) => /^q=0(\.0*)?$/.test(p));
  });
}
