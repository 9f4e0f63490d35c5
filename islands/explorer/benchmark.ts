/** Both backends on the visitor's machine. A chunk of its own, loaded when a visitor asks for it. */

import { latent } from "../../sampler/latent.ts";
import {
  type BackendName,
  type EngineFiles,
  loadSampler,
  type Sampler,
} from "../../sampler/mod.ts";

export interface Measured {
  /** How many rounds the medians are of. */
  rounds: number;
  /** Milliseconds, medians. */
  backends: { name: BackendName; one: number; sixteen: number }[];
  /** Why a backend is not among them. */
  missing: string[];
}

const ROUNDS = 15;
/** A slow machine gets fewer rounds, and is told how many. */
const LONGEST_MS = 8_000;
/** Samples drawn one after the other in a round: clocks on pages are coarse. */
const IN_A_ROW = 5;
const BATCH = 16;

/**
 * Times one sample drawn on a canvas, and sixteen read back. Each round has every backend once, in
 * turns first and last, so that what else the machine does meets all alike. Compiling is not counted.
 */
export async function compareBackends(
  modelUrl: string,
  wasmFiles: EngineFiles,
  onProgress: (fraction: number) => void,
): Promise<Measured> {
  const samplers: Sampler[] = [];
  const missing: string[] = [];
  try {
    for (const backend of ["webgpu", "wasm"] as const) {
      try {
        samplers.push(await loadSampler(modelUrl, { backend, wasmFiles }));
      } catch (error) {
        missing.push(`${(error as Error).message}.`);
      }
    }
    if (samplers.length === 0) throw new Error(missing.join(" "));
    const runners = samplers.map((sampler) => new Runner(sampler));
    for (const runner of runners) await runner.round(); // compiles
    runners.forEach((runner) => runner.forget());
    const start = performance.now();
    let rounds = 0;
    while (rounds < ROUNDS && (rounds < 3 || performance.now() - start < LONGEST_MS)) {
      const order = rounds % 2 === 0 ? runners : runners.toReversed();
      for (const runner of order) await runner.round();
      rounds += 1;
      onProgress(rounds / ROUNDS);
    }
    return { rounds, missing, backends: runners.map((runner) => runner.medians()) };
  } finally {
    samplers.forEach((sampler) => sampler.dispose());
  }
}

class Runner {
  #one: number[] = [];
  #sixteen: number[] = [];
  readonly #canvas = document.createElement("canvas");
  readonly #z: Float32Array;

  constructor(private readonly sampler: Sampler) {
    const { latentSize } = sampler.card;
    this.#z = new Float32Array(
      Array.from({ length: BATCH }, (_, seed) => [...latent(seed, latentSize)]).flat(),
    );
  }

  async round(): Promise<void> {
    const { latentSize } = this.sampler.card;
    const start = performance.now();
    for (let i = 0; i < IN_A_ROW; i++) {
      await this.sampler.draw(this.#canvas, this.#z.subarray(i * latentSize, (i + 1) * latentSize));
    }
    const drawn = performance.now();
    await this.sampler.sample(this.#z, BATCH);
    this.#one.push((drawn - start) / IN_A_ROW);
    this.#sixteen.push(performance.now() - drawn);
  }

  forget(): void {
    this.#one = [];
    this.#sixteen = [];
  }

  medians(): Measured["backends"][number] {
    return {
      name: this.sampler.backend,
      one: median(this.#one),
      sixteen: median(this.#sixteen),
    };
  }
}

/** The middle of the values in order; of an even number, the mean of the two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return Number.isInteger(middle)
    ? (sorted[middle - 1] + sorted[middle]) / 2
    : sorted[Math.floor(middle)];
}
