/** What the comparison shows, and its form in the URL. */
import { latent, truncate } from "../../sampler/latent.ts";
import { type BackendChoice, hundredths, MAX_SEED, parseSeed } from "../explorer/view.ts";

/** Dimensions of the latent vector that were set by hand, by index. */
export type Pins = Readonly<Record<number, number>>;

export interface Sorting {
  /** A column of the table, or "" for the order of the papers. */
  readonly column: string;
  /** Turned round: the worst first. */
  readonly reversed: boolean;
}

export interface View {
  readonly seed: number;
  readonly pins: Pins;
  /** 1 leaves latent vectors as they are, less draws them towards the mean. */
  readonly truncation: number;
  /** Which dimensions have sliders: a page, from 0; null for that of the first that was set by hand. */
  readonly page: number | null;
  /** The first seed of the grid. */
  readonly grid: number;
  /** Ids of the models that are not shown. */
  readonly hidden: readonly string[];
  readonly sorting: Sorting;
  readonly backend: BackendChoice;
}

/** Whether the latent vector is seed 1's as it is: the first of every poster. */
export function isFirstSample({ seed, pins, truncation }: View): boolean {
  return seed === 1 && truncation === 1 && Object.keys(pins).length === 0;
}

/** Seeds side by side in the grid. */
export const GRID_SIZE = 10;
/** Sliders reach 3 standard deviations, which 99.7 % of a seed's numbers lie within. */
export const REACH = 3;
const MOST_HIDDEN = 100;

/** The one latent vector of all models. Truncation leaves what was set by hand alone. */
export function viewLatent({ seed, pins, truncation }: View, latentSize: number): Float32Array {
  const z = truncate(latent(seed, latentSize), truncation);
  for (const [dimension, value] of Object.entries(pins)) z[Number(dimension)] = value;
  return z;
}

export function gridSeeds({ grid }: View): number[] {
  const first = Math.min(grid, MAX_SEED - GRID_SIZE + 1);
  return Array.from({ length: GRID_SIZE }, (_, i) => first + i);
}

/**
 * The view that a query string names. Whatever is missing, malformed or out of range gets its default:
 * a damaged link still shows the comparison.
 */
export function parseView(search: string, latentSize: number): View {
  const query = new URLSearchParams(search);
  const get = (name: string) => query.get(name) ?? "";
  const truncation = get("truncation");
  const backend = get("backend");
  const [, minus, column] = get("sort").match(/^(-?)([a-z]{1,20})$/) ?? ["", "", ""];
  return {
    seed: parseSeed(get("seed")) ?? 1,
    pins: parsePins(get("z"), latentSize),
    truncation: /^(0(\.\d{1,6})?|1)$/.test(truncation) ? hundredths(Number(truncation)) : 1,
    page: /^[1-9]\d{0,4}$/.test(get("page")) ? Number(get("page")) - 1 : null,
    grid: parseSeed(get("grid")) ?? 1,
    hidden: get("hide").split(",").filter((id) => /^[a-z0-9-]{1,100}$/.test(id))
      .slice(0, MOST_HIDDEN),
    sorting: { column, reversed: minus === "-" },
    backend: backend === "webgpu" || backend === "wasm" ? backend : "auto",
  };
}

/** The query string of a view, with its "?", defaults left out. `data` names the data set, "" the first. */
export function formatView(view: View, data: string): string {
  const pins = Object.entries(view.pins).map(([i, value]) => `${Number(i) + 1}:${value}`).join(",");
  const { column, reversed } = view.sorting;
  const parts: [name: string, value: string | number, byDefault: string | number][] = [
    ["data", data, ""],
    ["seed", view.seed, 1],
    ["z", pins, ""],
    ["truncation", view.truncation, 1],
    ["page", view.page === null ? "" : view.page + 1, ""],
    ["grid", view.grid, 1],
    ["hide", view.hidden.join(","), ""],
    ["sort", column && (reversed ? `-${column}` : column), ""],
    ["backend", view.backend, "auto"],
  ];
  const query = parts.flatMap(([name, value, byDefault]) =>
    value === byDefault ? [] : [`${name}=${value}`]
  );
  return query.length === 0 ? "" : `?${query.join("&")}`;
}

/** `3:1.25,17:-0.8`; the first dimension is 1 there and 0 in `Pins`. */
function parsePins(text: string, latentSize: number): Pins {
  const pins: Record<number, number> = {};
  for (const part of text.split(",")) {
    const [, name, number] = part.match(/^(\d{1,5}):(-?\d(?:\.\d{1,6})?)$/) ?? [];
    const dimension = Number(name);
    const value = Number(number);
    if (dimension >= 1 && dimension <= latentSize && Math.abs(value) <= REACH) {
      pins[dimension - 1] = hundredths(value);
    }
  }
  return pins;
}
