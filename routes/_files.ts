/** Answers made of bytes: content types, entity tags, conditional requests and ranges (RFC 9110). */

import type { Context } from "hono";

const CONTENT_TYPES: Record<string, string> = {
  bin: "application/octet-stream",
  css: "text/css; charset=utf-8",
  gif: "image/gif",
  ico: "image/x-icon",
  jpg: "image/jpeg",
  js: "text/javascript; charset=utf-8",
  json: "application/json",
  md: "text/markdown; charset=utf-8",
  png: "image/png",
  svg: "image/svg+xml",
  txt: "text/plain; charset=utf-8",
  wasm: "application/wasm",
  webp: "image/webp",
  zip: "application/zip",
};

export function contentType(name: string): string {
  const ending = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  return CONTENT_TYPES[ending] ?? "application/octet-stream";
}

/** The first 32 hexadecimal digits of the SHA-256, quoted: a strong entity tag. */
export async function entityTag(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return `"${digest.toHex().slice(0, 32)}"`;
}

/** Whether an If-None-Match header names `tag` (weak comparison: a proxy may have compressed). */
export function matches(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === "*") return true;
  return header.split(",").some((candidate) => candidate.trim().replace(/^W\//, "") === tag);
}

export interface ByteRange {
  /** First and last byte, both included. */
  first: number;
  last: number;
}

/**
 * The one range that a Range header asks of `length` bytes. Null when the whole is to be sent: no
 * header, another unit, malformed, or several ranges (which a server may ignore, RFC 9110 14.2).
 */
export function parseRange(
  header: string | undefined,
  length: number,
): ByteRange | "unsatisfiable" | null {
  const match = header?.match(/^bytes=\s*(\d*)-(\d*)\s*$/);
  if (!match || (match[1] === "" && match[2] === "")) return null;
  if (match[1] === "") {
    const suffix = Number(match[2]);
    if (suffix === 0 || length === 0) return "unsatisfiable";
    return { first: Math.max(0, length - suffix), last: length - 1 };
  }
  const first = Number(match[1]);
  const last = match[2] === "" ? length - 1 : Number(match[2]);
  if (last < first && match[2] !== "") return null;
  if (first >= length) return "unsatisfiable";
  return { first, last: Math.min(last, length - 1) };
}

/** Answers with `bytes`, or with 304, 206 or 416 where the request's headers ask for it. */
export function sendBytes(
  c: Context,
  bytes: Uint8Array<ArrayBuffer>,
  tag: string,
  headers: Record<string, string>,
): Response {
  const always = { ...headers, ETag: tag, "Accept-Ranges": "bytes" };
  if (matches(c.req.header("If-None-Match"), tag)) return c.body(null, 304, always);
  const ifRange = c.req.header("If-Range");
  const range = ifRange === undefined || ifRange === tag
    ? parseRange(c.req.header("Range"), bytes.length)
    : null;
  if (range === "unsatisfiable") {
    return c.body(null, 416, { ...always, "Content-Range": `bytes */${bytes.length}` });
  }
  if (range === null) {
    return c.body(bytes, 200, { ...always, "Content-Length": String(bytes.length) });
  }
  const { first, last } = range;
  return c.body(bytes.subarray(first, last + 1), 206, {
    ...always,
    "Content-Length": String(last + 1 - first),
    "Content-Range": `bytes ${first}-${last}/${bytes.length}`,
  });
}
