/** The element's shadow tree, built node by node: a page's policy may forbid to parse HTML. */

import { SEEDS } from "./attributes.ts";
import { styleSheet } from "./styles.ts";

export interface View {
  readonly stage: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  /** Around the slot, whose content they hide. */
  readonly poster: HTMLElement;
  readonly posterImage: HTMLImageElement;
  readonly reveal: HTMLButtonElement;
  readonly revealLabel: HTMLElement;
  readonly progress: HTMLElement;
  readonly progressBar: HTMLProgressElement;
  readonly message: HTMLElement;
  readonly controls: HTMLElement;
  readonly randomize: HTMLButtonElement;
  readonly seed: HTMLOutputElement;
  readonly blend: HTMLInputElement;
  readonly truncation: HTMLInputElement;
  /** Read out, not seen. */
  readonly status: HTMLElement;
}

export function buildView(root: ShadowRoot): View {
  root.adoptedStyleSheets = [styleSheet()];
  const canvas = make("canvas", { part: "canvas", role: "img", hidden: "" });
  const posterImage = make("img", { part: "poster", alt: "", decoding: "async", hidden: "" });
  const poster = make("div", { class: "poster" }, [slot("poster", posterImage)]);
  const revealLabel = make("span", { part: "reveal-label" });
  const reveal = make("button", { part: "reveal", class: "reveal", type: "button", hidden: "" }, [
    revealLabel,
  ]);
  const progressBar = make("progress", {
    part: "progress-bar",
    max: "1",
    "aria-label": "Loading the model",
  });
  const progress = make("div", { class: "progress", hidden: "" }, [
    slot("progress-bar", progressBar),
  ]);
  const message = make("p", { part: "message", class: "message", role: "alert", hidden: "" });
  const stage = make("div", { part: "stage", class: "stage" }, [
    ...[canvas, poster, reveal, progress, message],
  ]);

  const randomize = make("button", { part: "button", type: "button" });
  randomize.textContent = "New picture";
  const seed = make("output", { part: "seed" });
  const blend = slider("0", "Blend");
  const truncation = slider("1", "Variety");
  const controls = make("div", { part: "controls", class: "controls", hidden: "" }, [
    ...[randomize, seed, blend.label, truncation.label],
  ]);
  const status = make("p", { class: "status", role: "status" });
  root.append(stage, controls, status);
  return {
    ...{ stage, canvas, poster, posterImage, reveal, revealLabel, progress, progressBar, message },
    ...{ controls, randomize, seed, blend: blend.input, truncation: truncation.input, status },
  };
}

/** What is to be seen but the picture itself. */
export interface Description {
  /** What the pictures are. */
  alt: string;
  /** Of the first picture, and how far that is on the way to the next seed's; from there on, how many. */
  seed: number;
  blend: number;
  count: number;
  /** Whether its latent vector is none of a seed's. */
  isByHand: boolean;
  /** URL, empty for none. */
  poster: string;
  truncation: number;
  ratio: string;
  isDrawn: boolean;
  hasControls: boolean;
  /** Until somebody asks for the picture. */
  waits: boolean;
}

export function describe(view: View, now: Description): void {
  const { canvas, poster, posterImage, reveal, revealLabel, controls, seed } = view;
  const shown = whichOf(now);
  view.stage.style.setProperty("--ratio", now.ratio);
  canvas.hidden = !now.isDrawn;
  canvas.setAttribute("aria-label", `${now.alt}: ${shown}`);
  poster.hidden = now.isDrawn;
  posterImage.hidden = now.poster === "";
  if (now.poster !== "" && posterImage.getAttribute("src") !== now.poster) {
    posterImage.src = now.poster;
  }
  posterImage.alt = now.alt;
  reveal.hidden = !now.waits;
  revealLabel.textContent = "Start drawing";
  reveal.setAttribute("aria-label", `Start drawing: ${now.alt}`);
  controls.hidden = !now.hasControls;
  seed.textContent = shown;
  view.blend.value = String(now.blend);
  view.blend.setAttribute("aria-valuetext", shown);
  view.truncation.value = String(now.truncation);
}

/** Which pictures these are. */
function whichOf({ seed, blend, count, isByHand }: Description): string {
  const later = (by: number) => (seed + by) % SEEDS;
  if (isByHand) return "A latent vector set by hand";
  if (blend > 0) return `${Math.round(blend * 100)} % from seed ${seed} to ${later(1)}`;
  return count > 1 ? `Seeds ${seed} to ${later(count - 1)}` : `Seed ${seed}`;
}

function slot(name: string, fallback: HTMLElement): HTMLElement {
  return make("slot", { name }, [fallback]);
}

function slider(value: string, text: string) {
  const input = make("input", {
    ...{ part: "slider", type: "range", min: "0", max: "1", step: "0.01", value },
  });
  const label = make("label", { part: "label" });
  label.append(text, input);
  return { label, input };
}

function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Record<string, string>,
  children: Node[] = [],
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}
