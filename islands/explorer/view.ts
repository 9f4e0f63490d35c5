/** What the explorer shows, and its form in the URL: every picture can be linked and comes back the same. */

import { latent, slerp, truncate } from "../../sampler/latent.ts";

export type BackendChoice = "auto" | "webgpu" | "wasm";

/** Dimensions of a latent vector that were set by hand, by index. */
export type Pins = Readonly<Record<number, number>>;

/** A latent vector that a URL can name: a seed's, with some dimensions set by hand. */
export interface Point {
  readonly seed: number;
  readonly pins: Pins;
}

export interface View extends Point {
  /** The ends of the interpolation. */
  readonly a: Point;
  readonly b: Point;
  /** Where between `a` and `b` the current sample lies; null when it is the seed's own. */
  readonly t: number | null;
  /** 1 leaves latent vectors as they are, less draws them towards the mean. */
  readonly truncation: number;
  /** The first seed of the grid. */
  readonly grid: number;
  readonly backend: BackendChoice;
}

export const MAX_SEED = 0xffffffff;
/** Sliders reach 3 standard deviations, which 99.7 % of a seed's numbers lie within. */
export const PIN_LIMIT = 3;

export const DEFAULT_VIEW: View = {
  seed: 1,
  pins: {},
  a: { seed: 1, pins: {} },
  b: { seed: 2, pins: {} },
  t: null,
  truncation: 1,
  grid: 1,
  backend: "auto",
};

/** The latent vector of one point, before truncation. */
export function pointLatent({ seed, pins }: Point, latentSize: number): Float32Array {
  return pinned(latent(seed, latentSize), pins);
}

/** The latent vector of the current sample. Truncation leaves what was set by hand alone. */
export function viewLatent(view: View, latentSize: number): Float32Array {
  const base = view.t === null
    ? latent(view.seed, latentSize)
    : slerp(pointLatent(view.a, latentSize), pointLatent(view.b, latentSize), view.t);
  return pinned(truncate(base, view.truncation), view.pins);
}

function pinned(z: Float32Array, pins: Pins): Float32Array {
  for (const [dimension, value] of Object.entries(pins)) z[Number(dimension)] = value;
  return z;
}

/**
 * The view that a query string names. Whatever is missing, malformed or out of range gets its default:
 * a damaged link still shows a picture.
 */
export function parseView(search: string, latentSize: number): View {
  const query = new URLSearchParams(search);
  const get = (name: string) => query.get(name) ?? "";
  const seed = parseSeed(get("seed")) ?? DEFAULT_VIEW.seed;
  const backend = get("backend");
  return {
    seed,
    pins: parsePins(get("z"), latentSize),
    a: parsePoint(get("a"), latentSize) ?? DEFAULT_VIEW.a,
    b: parsePoint(get("b"), latentSize) ?? DEFAULT_VIEW.b,
    t: parseNumber(get("t"), 0, 1),
    truncation: parseNumber(get("truncation"), 0, 1) ?? DEFAULT_VIEW.truncation,
    grid: parseSeed(get("grid")) ?? DEFAULT_VIEW.grid,
    backend: backend === "webgpu" || backend === "wasm" ? backend : "auto",
  };
}

/** The query string of a view, with its "?", defaults left out; `parseView` gives the same view back. */
export function formatView(view: View): string {
  const parts: string[] = [];
  const add = (name: string, value: string, byDefault: string) => {
    if (value !== byDefault) parts.push(`${name}=${value}`);
  };
  add("seed", String(view.seed), String(DEFAULT_VIEW.seed));
  add("z", formatPins(view.pins), "");
  add("a", formatPoint(view.a), formatPoint(DEFAULT_VIEW.a));
  add("b", formatPoint(view.b), formatPoint(DEFAULT_VIEW.b));
  if (view.t !== null) parts.push(`t=${view.t}`);
  add("truncation", String(view.truncation), String(DEFAULT_VIEW.truncation));
  add("grid", String(view.grid), String(DEFAULT_VIEW.grid));
  add("backend", view.backend, DEFAULT_VIEW.backend);
  return parts.length === 0 ? "" : `?${parts.join("&")}`;
}

/** A number for the URL: hundredths, so that what is shown and what is linked are one value. */
export function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}

export function parseSeed(text: string): number | null {
  if (!/^\d{1,10}$/.test(text)) return null;
  const seed = Number(text);
  return seed <= MAX_SEED ? seed : null;
}

function parseNumber(text: string, least: number, most: number): number | null {
  if (!/^-?\d{1,3}(\.\d{1,6})?$/.test(text)) return null;
  const value = Number(text);
  return value >= least && value <= most ? hundredths(value) : null;
}

/** `3:1.25,17:-0.8`; the first dimension is 1 there and 0 in `Pins`. */
function parsePins(text: string, latentSize: number): Pins {
  const pins: Record<number, number> = {};
  for (const part of text.split(",")) {
    const match = part.match(/^(\d{1,5}):(.+)$/);
    const dimension = Number(match?.[1]);
    const value = parseNumber(match?.[2] ?? "", -PIN_LIMIT, PIN_LIMIT);
    if (dimension >= 1 && dimension <= latentSize && value !== null) pins[dimension - 1] = value;
  }
  return pins;
}

function formatPins(pins: Pins): string {
  return Object.entries(pins).map(([dimension, value]) => `${Number(dimension) + 1}:${value}`)
    .join(",");
}

/** `7` or `7,3:1.25`: a seed and its pins. */
function parsePoint(text: string, latentSize: number): Point | null {
  const [seedText, ...pins] = text.split(",");
  const seed = parseSeed(seedText);
  return seed === null ? null : { seed, pins: parsePins(pins.join(","), latentSize) };
}

function formatPoint({ seed, pins }: Point): string {
  return [String(seed), formatPins(pins)].filter((text) => text !== "").join(",");
}
