/**
 * `<ganlet-sampler>` as scripts see it. Types alone and no imports: `deno task pack` ships this file as
 * the package's declarations.
 */

export type GanletLoading = "auto" | "lazy" | "eager";
export type GanletReveal = "auto" | "interaction";
export type GanletBackendChoice = "auto" | "webgpu" | "wasm";

/** A latent vector, or the seed of one. */
export type GanletLatent = ArrayLike<number> | number;

/** What the model's card.json tells; `docs` of ganlet describe every field. */
export interface GanletModelCard {
  readonly id: string;
  readonly title: string;
  readonly objective: string;
  readonly paper: { readonly title: string; readonly arxiv: string };
  readonly dataset: {
    readonly id: string;
    readonly title: string;
    readonly licence: string;
    readonly url: string | null;
    readonly images: number;
  };
  readonly imageShape: readonly [height: number, width: number, channels: 1 | 3];
  readonly latentSize: number;
}

/**
 * - `missing`, `card`, `newer`, `length`, `hash`, `graph`, `weights`: the model cannot be read, or is none
 * - `latent`: a latent vector does not fit the model
 * - `backend`: neither WebGPU nor WebAssembly can compute here
 * - `script`: the element's own scripts could not be loaded
 */
export type GanletErrorType =
  | "missing"
  | "card"
  | "newer"
  | "length"
  | "hash"
  | "graph"
  | "weights"
  | "latent"
  | "backend"
  | "script";

export interface GanletLoadDetail {
  readonly card: GanletModelCard;
  /** What computes. */
  readonly backend: "webgpu" | "wasm";
  /** One line on what computes, and why not something else. */
  readonly message: string;
}

export interface GanletProgressDetail {
  /** From 0 to 1. */
  readonly progress: number;
}

export interface GanletSampleDetail {
  /** Of the first picture; null where `latent` was set by hand. */
  readonly seed: number | null;
  readonly latent: Float32Array;
}

export interface GanletErrorDetail {
  readonly type: GanletErrorType;
  /** One line for the visitor, which the element shows, too. */
  readonly message: string;
}

export interface GanletSamplerEventMap {
  load: CustomEvent<GanletLoadDetail>;
  progress: CustomEvent<GanletProgressDetail>;
  sample: CustomEvent<GanletSampleDetail>;
  error: CustomEvent<GanletErrorDetail>;
}

/** The attributes, which are properties too. */
export interface GanletSamplerAttributes {
  src: string;
  alt: string;
  poster: string;
  loading: GanletLoading;
  reveal: GanletReveal;
  seed: number;
  rows: number;
  columns: number;
  controls: boolean;
  truncation: number;
}

export interface GanletSamplerElement extends HTMLElement, GanletSamplerAttributes {
  /** Set: what shall compute, the attribute. Read: what does, null before anything does. */
  get backend(): "webgpu" | "wasm" | null;
  set backend(choice: GanletBackendChoice | null);
  /** Of the first picture; null before the model is there. Set it, and that is what is drawn. */
  get latent(): Float32Array | null;
  set latent(z: ArrayLike<number> | null);
  readonly card: GanletModelCard | null;
  /** Whether a picture has been drawn from the model. */
  readonly loaded: boolean;

  /** Draws `z`, or the current latent vector, as the first picture, and gives that. */
  sample(z?: GanletLatent): Promise<ImageData>;
  /** Draws what lies between a (t = 0) and b (t = 1) along the sphere, and gives that. */
  interpolate(a: GanletLatent, b: GanletLatent, t: number): Promise<ImageData>;
  /** Goes to another seed, a random one unless told, and gives it once it is drawn. */
  randomize(seed?: number): Promise<number>;
  /** A PNG of what is shown, one pixel a pixel. */
  toBlob(): Promise<Blob>;

  addEventListener<K extends keyof GanletSamplerEventMap>(
    type: K,
    listener: (this: GanletSamplerElement, event: GanletSamplerEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<K extends keyof GanletSamplerEventMap>(
    type: K,
    listener: (this: GanletSamplerElement, event: GanletSamplerEventMap[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "ganlet-sampler": GanletSamplerElement;
  }
}
