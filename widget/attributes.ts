/** What attributes mean: a wrong value is as good as none, as HTML has it. */

import type { GanletLoading, GanletReveal, GanletSamplerAttributes } from "./api.ts";

/** Rows, and columns: more would be a page of its own. */
const MOST_ROWS = 8;
/** Seeds are 32-bit numbers. */
export const SEEDS = 2 ** 32;

export const ATTRIBUTES = [
  ...["src", "alt", "poster", "loading", "reveal", "seed", "rows", "columns", "controls"],
  ...["backend", "truncation"],
];

/** The whole number in `text`, or `byDefault` where there is none within the limits. */
export function wholeNumber(
  text: string | null,
  byDefault: number,
  least: number,
  most: number,
): number {
  const value = /^\s*\d+\s*$/.test(text ?? "") ? Number(text) : NaN;
  return value >= least && value <= most ? value : byDefault;
}

/** The number from 0 to 1 in `text`, or `byDefault`. */
export function fraction(text: string | null, byDefault: number): number {
  const value = text === null || text.trim() === "" ? NaN : Number(text);
  return value >= 0 && value <= 1 ? value : byDefault;
}

/** The word in `text` where it is one of `words`, whose first is the default. */
export function wordIn<Word extends string>(
  text: string | null,
  words: readonly [Word, ...Word[]],
): Word {
  const wanted = text?.trim().toLowerCase();
  return words.find((word) => word === wanted) ?? words[0];
}

// Where there are no elements (a server renders the page) the module can be imported all the same.
const Element = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

/** An element with these attributes as properties: scripts and frameworks may use the one or the other. */
export class AttributesElement extends Element implements GanletSamplerAttributes {
  get src(): string {
    return this.getAttribute("src") ?? "";
  }
  set src(value: string) {
    setText(this, "src", value);
  }
  get alt(): string {
    return this.getAttribute("alt") ?? "";
  }
  set alt(value: string) {
    setText(this, "alt", value);
  }
  get poster(): string {
    return this.getAttribute("poster") ?? "";
  }
  set poster(value: string) {
    setText(this, "poster", value);
  }
  get loading(): GanletLoading {
    return wordIn(this.getAttribute("loading"), ["auto", "lazy", "eager"]);
  }
  set loading(value: GanletLoading) {
    setText(this, "loading", value);
  }
  get reveal(): GanletReveal {
    return wordIn(this.getAttribute("reveal"), ["auto", "interaction"]);
  }
  set reveal(value: GanletReveal) {
    setText(this, "reveal", value);
  }
  get seed(): number {
    return wholeNumber(this.getAttribute("seed"), 1, 0, SEEDS - 1);
  }
  set seed(value: number) {
    setText(this, "seed", value);
  }
  get rows(): number {
    return wholeNumber(this.getAttribute("rows"), 1, 1, MOST_ROWS);
  }
  set rows(value: number) {
    setText(this, "rows", value);
  }
  get columns(): number {
    return wholeNumber(this.getAttribute("columns"), 1, 1, MOST_ROWS);
  }
  set columns(value: number) {
    setText(this, "columns", value);
  }
  get controls(): boolean {
    return this.hasAttribute("controls");
  }
  set controls(value: boolean) {
    this.toggleAttribute("controls", Boolean(value));
  }
  get truncation(): number {
    return fraction(this.getAttribute("truncation"), 1);
  }
  set truncation(value: number) {
    setText(this, "truncation", value);
  }
}

/** Sets an attribute, or removes it for null, as frameworks say that there is none. */
export function setText(element: HTMLElement, name: string, value: string | number | null): void {
  if (value === null || value === undefined) element.removeAttribute(name);
  else element.setAttribute(name, String(value));
}
