/** A view's form in the URL: every picture can be linked and comes back the same. */

import {
  CORNERS,
  DEFAULT_VIEW,
  FASTEST_WALK,
  GALLERIES,
  hundredths,
  LONGEST_WALK,
  LOOP_KINDS,
  LOOP_LENGTHS,
  type Moves,
  parseSeed,
  type Pins,
  type Point,
  REACH,
  SLIDER_SETS,
  SLOWEST_WALK,
  type View,
} from "./view.ts";

/** An id of a direction, as sampler/directions.ts has it. */
const DIRECTION = /^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/;
/** More directions than these are moved along by nobody. */
const MOST_MOVES = 100;
/** What the dimensions' list may be narrowed to. */
const FIND = /^[a-z0-9-]{0,20}$/;

interface ReadView {
  view: View;
  /** The parameters of which some part could not be read, by name. */
  unread: string[];
}

/**
 * The view that a query string names. Whatever is missing, malformed or out of range gets its default:
 * a damaged link still shows a picture.
 */
export function readView(search: string, latentSize: number): ReadView {
  const query = new URLSearchParams(search);
  const unread: string[] = [];
  /** What `read` makes of the parameter, or `byDefault`; noted where there is one that it cannot read. */
  const take = <T>(name: string, read: (text: string) => T | null, byDefault: T): T => {
    const text = query.get(name);
    if (text === null) return byDefault;
    const value = read(text);
    if (value === null) unread.push(name);
    return value ?? byDefault;
  };
  const among = <T extends string>(values: readonly T[]) => (text: string) =>
    values.find((value) => value === text) ?? null;
  const list = (name: string) => {
    const changes = readChanges(query.get(name) ?? "", latentSize);
    if (!changes.isWhole) unread.push(name);
    return changes;
  };
  const corner = (name: "a" | "b" | "c" | "d") => {
    let isWhole = true;
    const point = take(name, (text) => {
      const [seedText, ...rest] = text.split(",");
      const seed = parseSeed(seedText);
      const { pins, moves, ...changes } = readChanges(rest.join(","), latentSize);
      isWhole = changes.isWhole;
      return seed === null ? null : { seed, pins, moves };
    }, DEFAULT_VIEW[name]);
    if (!isWhole && !unread.includes(name)) unread.push(name);
    return point;
  };
  const share = (text: string) => parseNumber(text, 0, 1);
  const view: View = {
    seed: take("seed", parseSeed, DEFAULT_VIEW.seed),
    pins: list("z").pins,
    moves: list("move").moves,
    a: corner("a"),
    b: corner("b"),
    c: corner("c"),
    d: corner("d"),
    t: take("t", share, null),
    v: take("v", share, 0),
    path: take("path", among(["slerp", "lerp"]), DEFAULT_VIEW.path),
    walk: take("walk", (text) => parseNumber(text, 0, LONGEST_WALK), null),
    speed: take(
      "speed",
      (text) => parseNumber(text, SLOWEST_WALK, FASTEST_WALK),
      DEFAULT_VIEW.speed,
    ),
    truncation: take("truncation", share, DEFAULT_VIEW.truncation),
    grid: take("grid", parseSeed, DEFAULT_VIEW.grid),
    backend: take("backend", among(["auto", "webgpu", "wasm"]), DEFAULT_VIEW.backend),
    set: take("set", among(SLIDER_SETS), null),
    all: take("all", (text) => text === "1" || null, false),
    find: take("find", (text) => FIND.test(text) ? text : null, ""),
    page: take("page", (text) => /^[1-9]\d{0,4}$/.test(text) ? Number(text) - 1 : null, null),
    gallery: take("gallery", among(GALLERIES), DEFAULT_VIEW.gallery),
    goal: take("goal", among(CORNERS), null),
    loop: take("loop", among(LOOP_KINDS), DEFAULT_VIEW.loop),
    frames: take(
      "frames",
      (text) => LOOP_LENGTHS.find((length) => String(length) === text) ?? null,
      DEFAULT_VIEW.frames,
    ),
    step: take("step", parseSeed, null),
  };
  return { view, unread };
}

/** `readView` for whom what could not be read does not matter. */
export function parseView(search: string, latentSize: number): View {
  return readView(search, latentSize).view;
}

/** The query string of a view, with its "?", defaults left out; `parseView` gives the same view back. */
export function formatView(view: View): string {
  const parts: string[] = [];
  const add = (name: string, value: unknown, byDefault: unknown) => {
    if (String(value) !== String(byDefault)) parts.push(`${name}=${value}`);
  };
  add("seed", view.seed, DEFAULT_VIEW.seed);
  add("z", formatPins(view.pins), "");
  add("move", formatMoves(view.moves), "");
  for (const name of CORNERS) {
    add(name, formatPoint(view[name]), formatPoint(DEFAULT_VIEW[name]));
  }
  add("t", view.t, null);
  add("v", view.v, 0);
  add("path", view.path, DEFAULT_VIEW.path);
  add("walk", view.walk, null);
  add("speed", view.speed, DEFAULT_VIEW.speed);
  add("truncation", view.truncation, DEFAULT_VIEW.truncation);
  add("grid", view.grid, DEFAULT_VIEW.grid);
  add("backend", view.backend, DEFAULT_VIEW.backend);
  add("set", view.set, null);
  add("all", Number(view.all), 0);
  add("find", view.find, "");
  add("page", view.page === null ? null : view.page + 1, null);
  add("gallery", view.gallery, DEFAULT_VIEW.gallery);
  add("goal", view.goal, null);
  add("loop", view.loop, DEFAULT_VIEW.loop);
  add("frames", view.frames, DEFAULT_VIEW.frames);
  add("step", view.step, null);
  return parts.length === 0 ? "" : `?${parts.join("&")}`;
}

/** A plain decimal number within bounds, in hundredths. */
export function parseNumber(text: string, least: number, most: number): number | null {
  if (!/^-?\d{1,4}(\.\d{1,6})?$/.test(text)) return null;
  const value = Number(text);
  return value >= least && value <= most ? hundredths(value) : null;
}

/**
 * `3:1.25,17:-0.8,class-7:2`: dimensions set by hand and ways along directions. The first dimension
 * is 1 there and 0 in `Pins`.
 */
function readChanges(text: string, latentSize: number) {
  const pins: Record<number, number> = {};
  const moves: Record<string, number> = Object.create(null); // an id may be "constructor"
  let isWhole = true;
  for (const part of text === "" ? [] : text.split(",")) {
    const [name, number = ""] = part.split(/:(.*)/s);
    const value = parseNumber(number, -REACH, REACH);
    const dimension = /^\d{1,5}$/.test(name) ? Number(name) : null;
    if (value === null) isWhole = false;
    else if (dimension !== null) {
      if (dimension >= 1 && dimension <= latentSize) pins[dimension - 1] = value;
      else isWhole = false;
    } else if (DIRECTION.test(name) && Object.keys(moves).length < MOST_MOVES) moves[name] = value;
    else isWhole = false;
  }
  return { pins, moves: { ...moves } as Moves, isWhole };
}

function formatPins(pins: Pins): string {
  return Object.entries(pins).map(([dimension, value]) => `${Number(dimension) + 1}:${value}`)
    .join(",");
}

function formatMoves(moves: Moves): string {
  return Object.entries(moves).map(([id, value]) => `${id}:${value}`).join(",");
}

/** `7` or `7,3:1.25,class-7:2`: a seed and its changes. */
export function formatPoint({ seed, pins, moves }: Point): string {
  return [String(seed), formatPins(pins), formatMoves(moves)].filter((text) => text !== "")
    .join(",");
}
