import type { Sampler } from "../../sampler/deno.ts";
import { normal } from "../../sampler/random.ts";
import type { Classifier } from "../evaluate/classifier.ts";
import type { DifferentiableGenerator } from "../invert/differentiable.ts";
import { STREAM } from "../streams.ts";
import { attributesOf, isBeside, sidesOf, standardised, subjectOf, usual } from "./attributes.ts";
import { type Absent, type Candidate, candidatesOf } from "./candidates.ts";
import { imageReader } from "./images.ts";
import { balancedAccuracy, type Latents, projected, short, type Sides, slopes } from "./linear.ts";
import { BAR, type Moves, movesOf, observeLatents, observeMoved, rounded } from "./moves.ts";
import { begun, directed, GUESSING, LOOKING, nearMisses } from "./rounds.ts";
import { fitSurrogate } from "./surrogate.ts";

/** Samples that are moved to both ends. */
export const CHECKS = 200;
/** Samples of the training that are moved, too, to see whether a direction is good enough yet. */
const TRIALS = 500;
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
 * of `seed`; the checks have their own. What nearly reaches the bar is refined further where the `generator` is given.
 */
export async function findDirections(
  sampler: Sampler,
  classifier: Classifier,
  { samples, seed, generator = null }: {
    samples: number;
    seed: number;
    generator?: DifferentiableGenerator | null;
  },
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
  const { observed: raw, probabilities } = await observeLatents(sampler, classifier, z);
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
  const targets = attributes.map(({ values }, a) => values ? probabilities[a] : observed[a]);
  const surrogate = fitSurrogate(training, attributes, targets, seed);
  const movesAlong = (z: Float32Array) => (candidate: Candidate, vector: number[]) =>
    movesOf(
      { attributes, ...candidate },
      (offset) => observeMoved(sampler, classifier, z, { vector, offset }, scales),
    );
  // The last: descents on 20,000 samples do not come to them
  const trials = training.z.subarray(-TRIALS * latentSize);
  const tryOut = movesAlong(trials);
  const begin = wanted.map((draft) => begun(attributes, draft));
  const guessed = await directed(surrogate, attributes, begin, training, tryOut, GUESSING);
  surrogate.dispose();
  const near = nearMisses(guessed);
  const images = generator && near.length > 0 ? imageReader(generator, classifier, scales) : null;
  const looked = images ? await directed(images, attributes, near, training, tryOut, LOOKING) : [];
  images?.dispose();
  const vectors = guessed.map((draft) =>
    (looked.find(({ id }) => id === draft.id) ?? draft).vector
  );

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

/** Targets whose slope leads from one end's mean to the other's, however many samples each has; 0 for what is at neither. */
function balanced(sides: Sides): Float64Array {
  const counts = [0, 0];
  sides.forEach((side) => side < 0 || counts[side]++);
  return Float64Array.from(sides, (side) => side < 0 ? 0 : (2 * side - 1) / counts[side]);
}
