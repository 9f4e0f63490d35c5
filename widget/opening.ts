import type { EngineFiles } from "../sampler/mod.ts";
import type { GanletBackendChoice } from "./api.ts";
import { loadPainter, Superseded, typeOf } from "./failures.ts";
import type { Painter } from "./painter.ts";

/** What an element wants opened. */
export interface Wanted {
  /** The model's folder, an absolute URL. */
  folder: string;
  backend: GanletBackendChoice;
  wasmFiles: EngineFiles;
}

/** Who shows how it goes. */
export interface Onlooker {
  begins(): void;
  progresses(fraction: number): void;
  ends(): void;
  closes(): void;
}

/**
 * What an element has of its model: from the first need of a picture on, until the element leaves or
 * shall use something else. When what computes is lost on the way, the model is opened again.
 */
export class Opening {
  #opening: Promise<Painter> | null = null;
  /** Counts the endings of #opening: what began before one is of no interest after it. */
  #attempt = 0;
  #painter: Painter | null = null;
  /** Its device was lost: WASM from now on. */
  #avoidsGpu = false;

  /** `wanted` is asked whenever it is opened; what it throws is a failure to open. */
  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly wanted: () => Wanted,
    private readonly onlooker: Onlooker,
  ) {}

  /** Whether it is open, or about to be. */
  get isOpen(): boolean {
    return this.#opening !== null;
  }

  /** Null until it is there. */
  get painter(): Painter | null {
    return this.#painter;
  }

  /** Does `work` with a painter; should its GPU or its worker be lost on the way, once more by WASM. */
  async use<T>(work: (painter: Painter) => Promise<T>): Promise<T> {
    const painter = await this.#open();
    try {
      return await work(painter);
    } catch (error) {
      if (!painter.isClosed()) {
        if (typeOf(error) !== "backend") throw error;
        painter.giveUp();
        this.close();
        this.#avoidsGpu ||= painter.backend === "webgpu";
      } else if (!this.#opening) throw new Superseded();
      return await work(await this.#open());
    }
  }

  close(): void {
    this.#attempt++;
    this.#painter?.close();
    this.#painter = null;
    this.#opening = null;
    this.onlooker.closes();
  }

  /** A GPU that was lost may be tried again. */
  forgive(): void {
    this.#avoidsGpu = false;
  }

  #open(): Promise<Painter> {
    this.#opening ??= this.#load();
    return this.#opening;
  }

  async #load(): Promise<Painter> {
    const attempt = this.#attempt;
    this.onlooker.begins();
    try {
      const { openPainter } = await loadPainter();
      const { folder, backend, wasmFiles } = this.wanted();
      const painter = await openPainter(this.canvas, {
        ...{ folder, wasmFiles },
        backend: this.#avoidsGpu ? "wasm" : backend,
        onProgress: (fraction) => {
          if (attempt === this.#attempt) this.onlooker.progresses(fraction);
        },
      });
      if (attempt !== this.#attempt) {
        painter.close();
        throw new Superseded();
      }
      return this.#painter = painter;
    } finally {
      if (attempt === this.#attempt) this.onlooker.ends();
    }
  }
}
