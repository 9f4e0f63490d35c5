import type { Sampler } from "../../sampler/deno.ts";
import { normal } from "../../sampler/random.ts";
import type { Classifier } from "../evaluate/classifier.ts";
import { STREAM } from "../streams.ts";
import {
  type Attribute,
  attributesOf,
  isBeside,
  sidesOf,
  standardised,
  subjectOf,
  usual,
} from "./attributes.ts";
import { type Absent, type Candidate, candidatesOf } from "./candidates.ts";
import {
  balancedAccuracy,
  halfway,
  type Latents,
  projected,
  type Sides,
  slopes,
} from "./linear.ts";
import { type Moves, movesOf, observeLatents, observeMoved, REACH, rounded } from "./moves.ts";
import { AIM, refine } from "./refine.ts";
import { fitSurrogate, type Surrogate } from "./surrogate.ts";

/** What must hold of a direction that is published. */
export const BAR = { accuracy: 0.8, change: 0.6, leak: 0.2 } as const;
/** Samples that are moved to both ends. */
export const CHECKS = 200;
/** Samples of the training that are moved to see whether a direction does what the surrogate says, and what they must show. */
const TRIALS = 200;
const TRIAL_BAR = { change: 0.5, leak: 0.17 } as const;
/** Refinements at most, each with smaller allowances for what still leaks. */
const ROUNDS = 6;
/** By attribute, how much of its probability may move at first. */
const ALLOWED = 0.12;
/** Where so much more accuracy than asked for is left, the next round aims at this part of the separation. */
const [TO_SPARE, LESS] = [0.02, 0.95];
/** Share of the samples on which directions are found; the others say how well. */
const TRAINING = 0.8;
const CHUNK = 512; // latents of one key

/** A direction that was looked for, with its figures. */
export interface Found extends Candidate {
  readonly question: string;
  /** Of length 1, rounded as it is written. */
  readonly vector: number[];
  readonly accuracy: number;
  /** Null where the accuracy is below the bar already, which saves time. */
  readonly moves: Moves | null;
}

/** Whether a direction reaches the bar. */
export function isPublished({ accuracy, moves }: Pick<Found, "accuracy" | "moves">): boolean {
  return accuracy >= BAR.accuracy && moves !== null && moves.change >= BAR.change &&
    moves.leaks.every(({ share }) => share <= BAR.leak);
}

/**
 * Looks for a direction of every value of every question, of its contrasts, and of every quantity. `samples` latents are those
 * of `seed`; the checks have their own.
 */
export async function findDirections(
  sampler: Sampler,
  classifier: Classifier,
  { samples, seed }: { samples: number; seed: number },
): Promise<{ found: Found[]; absent: Absent[] }> {
  const { dataset, questions } = classifier.card;
  const { latentSize } = sampler.card;
  const attributes = attributesOf(dataset.id, questions);
  const z = new Float32Array(samples * latentSize);
  for (let first = 0; first < samples; first += CHUNK) {
    const count = Math.min(CHUNK, samples - first);
    const part = normal([seed, STREAM.directionSamples, first / CHUNK], count * latentSize);
    z.set(part, first * latentSize);
  }
  const raw = await observeLatents(sampler, classifier, z);
  const scales = usual(attributes, raw);
  const observed = standardised(raw, scales);
  const { candidates, absent } = candidatesOf(dataset.id, attributes, observed);

  const split = Math.floor(TRAINING * samples);
  const training: Latents = { z: z.subarray(0, split * latentSize), latentSize };
  const heldOut: Latents = { z: z.subarray(split * latentSize), latentSize };
  const sides = candidates.map(({ attribute, ends }) => sidesOf(ends, observed[attribute]));
  const learned = sides.map((side) => ({ ...training, sides: side.subarray(0, split) }));
  const plain = slopes(
    training,
    candidates.map(({ attribute, ends }, i) =>
      ends ? balanced(learned[i].sides) : observed[attribute].subarray(0, split)
    ),
  );
  const slopesBeside = (attribute: number) =>
    plain.filter((_, i) =>
      !candidates[i].between && isBeside(attributes[attribute], attributes[candidates[i].attribute])
    );
  const drafts = candidates.map((candidate, i) => ({
    ...candidate,
    slope: plain[i],
    training: learned[i],
    start: projected(plain[i], slopesBeside(candidate.attribute)) ?? plain[i],
  }));
  // What a slope alone does not tell well is not worth refining, which costs accuracy.
  const wanted = drafts.filter(({ slope, training }) =>
    balancedAccuracy(slope, training, training) >= BAR.accuracy
  );
  const surrogate = fitSurrogate(training, attributes, observed, seed);
  const movesAlong = (z: Float32Array) => (candidate: Candidate, vector: number[]) =>
    movesOf(
      { attributes, ...candidate },
      (offset) => observeMoved(sampler, classifier, z, { vector, offset }, scales),
    );
  const trials = training.z.subarray(0, TRIALS * latentSize);
  const vectors = await directed(surrogate, attributes, wanted, training, movesAlong(trials));
  surrogate.dispose();

  const check = movesAlong(normal([seed, STREAM.directionChecks, 0], CHECKS * latentSize));
  const found: Found[] = [];
  for (const [i, candidate] of candidates.entries()) {
    const at = wanted.indexOf(drafts[i]);
    const vector = at < 0 ? short(plain[i]) : vectors[at];
    const judged = { ...heldOut, sides: sides[i].subarray(split) };
    const accuracy = rounded(balancedAccuracy(vector, learned[i], judged));
    found.push({
      ...candidate,
      question: subjectOf(attributes[candidate.attribute]),
      vector,
      accuracy,
      moves: accuracy < BAR.accuracy ? null : await check(candidate, vector),
    });
  }
  const byQuestion = Object.groupBy(found, ({ question }) => question);
  return { found: Object.values(byQuestion).flatMap((same) => same ?? []), absent };
}

type Slope = Candidate & {
  readonly slope: readonly number[];
  /** The slope without what lies along the slopes of all other attributes (conditional projection). */
  readonly start: readonly number[];
  readonly training: Latents & { readonly sides: Sides };
};

/**
 * The directions of `drafts`: each is refined until trials with images show that the other attributes keep still; what does
 * not is allowed less in the next round, and accuracy that is to spare is given up for it. Ends where nothing leaks; and
 * where the accuracy or the change is lost, with what was found before.
 */
export async function directed(
  surrogate: Surrogate,
  attributes: readonly Attribute[],
  drafts: readonly Slope[],
  training: Latents,
  tryOut: (candidate: Candidate, vector: number[]) => Promise<Moves>,
): Promise<number[][]> {
  const states = drafts.map((draft) => ({
    ...draft,
    halfway: halfway(draft.training),
    allowed: attributes.map((a) => isBeside(attributes[draft.attribute], a) ? ALLOWED : 1),
    separation: AIM.separation,
    vector: short(draft.slope),
  }));
  let open = states;
  for (let round = 0; round < ROUNDS; round++) {
    const vectors = refine(surrogate, attributes, open, training, REACH);
    const next: typeof states = [];
    for (const [i, state] of open.entries()) {
      const vector = short(vectors[i]);
      state.start = vectors[i];
      if (round === 0) state.vector = vector;
      const accuracy = balancedAccuracy(vector, state.training, state.training);
      if (accuracy < BAR.accuracy) continue;
      const { change, leaks } = await tryOut(state, vector);
      if (change < TRIAL_BAR.change) continue;
      state.vector = vector;
      const leaking = leaks.filter(({ share }) => share > TRIAL_BAR.leak);
      if (leaking.length === 0) continue;
      leaking.forEach(({ question, share }) => {
        const a = attributes.findIndex(({ name }) => name === question);
        state.allowed[a] *= TRIAL_BAR.leak / share;
      });
      if (accuracy > BAR.accuracy + TO_SPARE) state.separation *= LESS;
      next.push(state);
    }
    open = next;
  }
  return states.map(({ vector }) => vector);
}

/** Targets whose slope leads from one end's mean to the other's, however many samples each has; 0 for what is at neither. */
function balanced(sides: Sides): Float64Array {
  const counts = [0, 0];
  sides.forEach((side) => side < 0 || counts[side]++);
  return Float64Array.from(sides, (side) => side < 0 ? 0 : (2 * side - 1) / counts[side]);
}

/** A vector as it is written: its length stays within 0.3 % of 1. */
export const short = (vector: readonly number[]) =>
  vector.map((number) => Number(number.toFixed(3)));
