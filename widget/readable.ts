import { ModelError } from "../sampler/mod.ts";
import type { GanletErrorDetail } from "./api.ts";

/** WebAssembly's smallest module: its four letters and its version. */
const EMPTY_MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** What failed, in a line for the visitor, with what a page's author can do about it. */
export function readable(error: unknown, src: string): GanletErrorDetail {
  const folder = urlOf(src);
  if (folder === null) {
    return { type: "missing", message: `src must be the URL of a model's folder, it is "${src}"` };
  }
  if (!(error instanceof ModelError)) {
    return { type: "script", message: error instanceof Error ? error.message : String(error) };
  }
  const { message } = error;
  // An element reads no directions.
  const type = error.type === "directions" ? "card" : error.type;
  if (type === "backend" && !mayCompile()) {
    return {
      type,
      message: "This page's Content-Security-Policy forbids WebAssembly, which draws here: " +
        "its script-src needs 'wasm-unsafe-eval'",
    };
  }
  const isForeign = folder.origin !== location.origin;
  if (type === "missing" && error.cause instanceof TypeError && isForeign) {
    // Browsers hide from a page which of these it was.
    return {
      type,
      message: `${message}: there may be no such server, it may not let other sites read it ` +
        "(CORS), or this page's Content-Security-Policy may forbid it (connect-src)",
    };
  }
  return { type, message };
}

function urlOf(src: string): URL | null {
  try {
    return new URL(src, document.baseURI);
  } catch {
    return null;
  }
}

function mayCompile(): boolean {
  try {
    new WebAssembly.Module(EMPTY_MODULE);
    return true;
  } catch {
    return false;
  }
}
