// Draws cartoon faces: `main.ts <cache path> <count> <size> <seed> <stream>`; pixels RGB, then labels,
// attribute after attribute, one byte a face. Says how far it is on stdout.
import { createAvatar } from "@dicebear/core";
import * as toonHead from "@dicebear/toon-head";
import { initWasm, Resvg } from "@resvg/resvg-wasm";
import { writeCache } from "../../pixel_cache.ts";
import { ATTRIBUTES, drawLabels } from "./attributes.ts";

const CAN_BE_ABSENT = ["beard", "rearHair", "hair"];
// The head fills the frame, and of the clothes the collar is left; in per cent of the whole figure.
const CROP = { scale: 125 };

const [path] = Deno.args;
const [count, size, seed, stream] = Deno.args.slice(1).map(Number);
const wasm = new URL("node_modules/@resvg/resvg-wasm/index_bg.wasm", import.meta.url);
await initWasm(await Deno.readFile(wasm));

const labels = new Uint8Array(ATTRIBUTES.length * count);
await writeCache(path, faces(), () => ({
  count,
  size,
  attributes: ATTRIBUTES.map(({ name, values }) => ({ name, values })),
}));

function* faces(): Generator<Uint8Array> {
  for (let face = 0; face < count; face++) {
    const drawn = drawLabels(seed, stream, face);
    drawn.forEach((label, attribute) => labels[attribute * count + face] = label);
    yield withoutAlpha(rasterise(createAvatar(toonHead, optionsOf(drawn)).toString()));
    if ((face + 1) % 100 === 0 || face + 1 === count) console.log(face + 1, count);
  }
  yield labels;
}

/** Options that leave toon-head nothing to choose. */
function optionsOf(labels: readonly number[]): Record<string, unknown> {
  const options: Record<string, unknown> = { ...CROP };
  ATTRIBUTES.forEach(({ name, values }, attribute) => {
    const value = values[labels[attribute]];
    options[name] = value === "none" ? [] : [value];
    if (CAN_BE_ABSENT.includes(name)) options[`${name}Probability`] = value === "none" ? 0 : 100;
  });
  return options;
}

function rasterise(svg: string): Uint8Array {
  const drawing = new Resvg(svg, {
    fitTo: { mode: "width", value: size },
    background: "#ffffff",
    font: { loadSystemFonts: false },
  });
  const image = drawing.render();
  const rgba = image.pixels; // copies on every access
  image.free();
  drawing.free();
  return rgba;
}

function withoutAlpha(rgba: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(rgba.length / 4 * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    rgb[to] = rgba[from];
    rgb[to + 1] = rgba[from + 1];
    rgb[to + 2] = rgba[from + 2];
  }
  return rgb;
}
