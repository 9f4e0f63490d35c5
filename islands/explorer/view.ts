/** What the explorer shows. Its form in the URL is address.ts, its latent vector view_latent.ts. */

export type BackendChoice = "auto" | "webgpu" | "wasm";

/** Dimensions of a latent vector that were set by hand, by index. */
export type Pins = Readonly<Record<number, number>>;

/** How far to go along directions, in standard deviations of the latents, by their ids. */
export type Moves = Readonly<Record<string, number>>;

/** A latent vector that a URL can name: a seed's, moved along directions, with some dimensions set by hand. */
export interface Point {
  readonly seed: number;
  readonly pins: Pins;
  readonly moves: Moves;
}

/** The corners that one travels between: A and B above, C and D below. */
export type Corner = "a" | "b" | "c" | "d";
export const CORNERS = ["a", "b", "c", "d"] as const satisfies readonly Corner[];

export type PathKind = "slerp" | "lerp";

/** The sets of sliders: named directions, principal ones of two kinds, and the bare numbers. */
export type SliderSet = "attributes" | "sefa" | "ganspace" | "dimensions";
export const SLIDER_SETS = [
  "attributes",
  "sefa",
  "ganspace",
  "dimensions",
] as const satisfies readonly SliderSet[];

/** What the visitor may choose samples from. */
export type Gallery = "seeds" | "favourites" | "nearest";
export const GALLERIES = ["seeds", "favourites", "nearest"] as const satisfies readonly Gallery[];

/** What a loop goes through. */
export type LoopKind = "ends" | "corners" | "seeds";
export const LOOP_KINDS = ["ends", "corners", "seeds"] as const satisfies readonly LoopKind[];
export const LOOP_LENGTHS = [24, 48, 96] as const;
export type LoopLength = typeof LOOP_LENGTHS[number];

export interface View extends Point, Readonly<Record<Corner, Point>> {
  /** How far from the left corners to the right ones the sample lies; null when it is none of the corners'. */
  readonly t: number | null;
  /** How far from the upper corners to the lower ones, where `t` is not null. */
  readonly v: number;
  readonly path: PathKind;
  /** How far along the walk from `seed`, through the seeds after it; null when not walking. */
  readonly walk: number | null;
  /** How fast the walk plays, in seeds a second. */
  readonly speed: number;
  /** 1 leaves latent vectors as they are, less draws them towards the mean. */
  readonly truncation: number;
  /** The first seed of the grid. */
  readonly grid: number;
  readonly backend: BackendChoice;
  /** The sliders shown; null for the first set that the model has. */
  readonly set: SliderSet | null;
  /** Whether all principal directions have sliders, or only the first. */
  readonly all: boolean;
  /** What the dimensions' list is narrowed to: "12", "40-49", "changed". */
  readonly find: string;
  /** Which ten of the dimensions found are shown, from 0; null for those with the first that was set by hand. */
  readonly page: number | null;
  readonly gallery: Gallery;
  /** What a chosen sample becomes; null for the current one. */
  readonly goal: Corner | null;
  /** What an exported loop goes through. */
  readonly loop: LoopKind;
  /** How many pictures an exported loop has. */
  readonly frames: LoopLength;
  /** The step of training whose preview is shown; null for the last. */
  readonly step: number | null;
}

/** Parts of a view that say what is looked at, not what is sampled: undoing leaves them alone. */
export const GLANCES = [
  "speed",
  "grid",
  "backend",
  "set",
  "all",
  "find",
  "page",
  "gallery",
  "goal",
  "loop",
  "frames",
  "step",
] as const satisfies readonly (keyof View)[];

/** Whether the current sample is seed 1's as it is: the first of every poster. */
export function isFirstSample(view: View): boolean {
  const { seed, t, walk, truncation } = view;
  return seed === 1 && t === null && walk === null && truncation === 1 && changesOf(view) === 0;
}

export const MAX_SEED = 0xffffffff;
/** Sliders reach 3 standard deviations, which 99.7 % of a seed's numbers lie within. */
export const REACH = 3;
/** A walk visits so many seeds at most. */
export const LONGEST_WALK = 9999;
/** Seeds a second. */
export const SLOWEST_WALK = 0.1;
export const FASTEST_WALK = 3;

export const DEFAULT_VIEW: View = {
  ...seedPoint(1),
  a: seedPoint(1),
  b: seedPoint(2),
  c: seedPoint(3),
  d: seedPoint(4),
  t: null,
  v: 0,
  path: "slerp",
  walk: null,
  speed: 0.5,
  truncation: 1,
  grid: 1,
  backend: "auto",
  set: null,
  all: false,
  find: "",
  page: null,
  gallery: "seeds",
  goal: null,
  loop: "corners",
  frames: 48,
  step: null,
};

/** A seed's own latent vector as a point. */
export function seedPoint(seed: number): Point {
  return { seed, pins: {}, moves: {} };
}

/** How many dimensions and directions of a point differ from its seed's. */
export function changesOf({ pins, moves }: Point): number {
  return Object.keys(pins).length + Object.keys(moves).length;
}

/** A number for the URL: hundredths, so that what is shown and what is linked are one value. */
export function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}

/** The page of dimensions with the first that was set by hand: what is shown of them where no page is named. */
export function pageOfPins(pins: Pins, perPage: number): number {
  return Math.floor(Number(Object.keys(pins)[0] ?? 0) / perPage);
}

/** `record` without `key`. */
export function without<T>(record: Readonly<Record<string | number, T>>, key: string | number) {
  const { [key]: _, ...rest } = record;
  return rest;
}

export function parseSeed(text: string): number | null {
  if (!/^\d{1,10}$/.test(text)) return null;
  const seed = Number(text);
  return seed <= MAX_SEED ? seed : null;
}
