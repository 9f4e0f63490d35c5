import type { FrozenGenerator } from "./average.ts";
import type { CriticNetwork } from "./critics.ts";
import type { History } from "./history.ts";
import type { Generator } from "./networks.ts";
import type { Images, Recipe } from "./objectives/objective.ts";
import type { Spent } from "./stopwatch.ts";

/** What a run trains on and all that depends on it: images have convolutions and a model's folder, points neither. */
export interface Subject {
  readonly recipe: Recipe;
  /** The hyper-parameters and the data, which a resumed run must share. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The images of critic step `step`, counted over the whole run from 0. */
  batch(step: number): Promise<Images>;
  createGenerator(): Generator;
  createCritic(): CriticNetwork;
  /** A picture of samples, as PNG, for the timeline. */
  picture(generator: FrozenGenerator): Promise<Uint8Array>;
  /** What is measured of the generator while it trains; undefined: nothing. */
  readonly evaluation?: Evaluation;
  /** Writes the run's result; returns what to say of it. */
  finish(generator: FrozenGenerator, history: History, done: Done): Promise<string>;
}

/** Measures of a generator at some of its steps. */
export interface Evaluation {
  isDue(step: number): boolean;
  /** Adds its findings to the history; returns what to say of them. */
  consider(
    generator: FrozenGenerator,
    history: History,
    done: Done,
  ): Promise<string | undefined>;
}

/** How far a run has come. */
export interface Done extends Spent {
  readonly step: number;
}

/** How long a run trains, with which random numbers, and what it keeps meanwhile. */
export interface Course {
  /** Generator steps to end at. */
  readonly steps: number;
  /** Minutes of training after which the run ends, whatever step it is at; undefined: no limit. */
  readonly budgetMinutes?: number;
  readonly batchSize: number;
  readonly seed: number;
  /** The run's own folder: checkpoints and the timeline's pictures. */
  readonly checkpoints: string;
  readonly resume: boolean;
  readonly checkpointMinutes: number;
  readonly sampleEvery: number;
  readonly logEvery: number;
}
