import type { Losses } from "./loop.ts";

/** One logged generator step. */
export interface HistoryEntry extends Losses {
  readonly step: number;
  /** Seconds of training since step 0, pauses between resumed runs left out. */
  readonly seconds: number;
  /** Real images that the critic has seen per second, since the entry before. */
  readonly imagesPerSecond: number;
}

/** How far the generator was from the validation images at a step, as it would have been shipped. */
export interface HistoryEvaluation {
  readonly step: number;
  /** Fréchet distance, lower is better; `docs/evaluation.md`. */
  readonly frechet: number;
  /** Samples, and validation images. */
  readonly n: number;
  /** Time of training until here, evaluations left out. */
  readonly seconds: number;
  readonly processorSeconds: number;
}

/** models/<id>/history.json: how the losses went, and a sample grid of the same latents at each step of the timeline. */
export interface History {
  readonly schema: 1;
  /** Logged critic steps before the game, empty for an objective without such a phase. */
  readonly pretraining: {
    readonly step: number;
    readonly loss: number;
    readonly seconds: number;
    readonly imagesPerSecond: number;
  }[];
  readonly steps: HistoryEntry[];
  /** Empty without `--evaluate-every`. */
  readonly evaluations: HistoryEvaluation[];
  readonly timeline: { readonly step: number; readonly file: string }[];
}

export function newHistory(): History {
  return { schema: 1, pretraining: [], steps: [], evaluations: [], timeline: [] };
}

/** Where the timeline's picture of a step lies, relative to history.json. */
export function timelineFile(step: number): string {
  return `timeline/step-${String(step).padStart(6, "0")}.png`;
}
