import decodeJpeg, { init as initJpeg } from "@jsquash/jpeg/decode.js";
import decodePng, { init as initPng } from "@jsquash/png/decode.js";
import decodeWebp, { init as initWebp } from "@jsquash/webp/decode.js";
import type { ImageHeader } from "./image_header.ts";

/** Decodes a whole image to RGBA. Once it has thrown, it is not to be used again. */
export type Decode = (bytes: ArrayBuffer) => Promise<ImageData>;

type Init = (wasm: WebAssembly.Module, options: object) => Promise<void>;

const quiet = { print: () => {}, printErr: () => {} }; // codecs warn of every oddity on stderr

const codecs = {
  jpeg: lazily("@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm", async (wasm) => {
    await (initJpeg as Init)(wasm, quiet); // its declaration leaves out the module
    return decodeJpeg;
  }),
  webp: lazily("@jsquash/webp/codec/dec/webp_dec.wasm", async (wasm) => {
    await (initWebp as Init)(wasm, quiet);
    return decodeWebp;
  }),
  png: lazily("@jsquash/png/codec/pkg/squoosh_png_bg.wasm", async (wasm) => {
    await initPng(wasm);
    return decodePng;
  }),
};

/** The decoder of a format, compiled when it is first asked for. */
export function decoderOf(format: ImageHeader["format"]): Promise<Decode> {
  return codecs[format]();
}

function lazily(
  path: string,
  start: (wasm: WebAssembly.Module) => Promise<Decode>,
): () => Promise<Decode> {
  let started: Promise<Decode> | undefined;
  const url = new URL(`node_modules/${path}`, import.meta.url);
  return () => started ??= Deno.readFile(url).then(WebAssembly.compile).then(start);
}
