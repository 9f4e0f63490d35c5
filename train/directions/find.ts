import { moved, type Offset } from "../../sampler/directions.ts";
import type { Sampler } from "../../sampler/deno.ts";
import { normal } from "../../sampler/random.ts";
import type { Classifier } from "../evaluate/classifier.ts";
import { samplesOf } from "../evaluate/samples.ts";
import { STREAM } from "../streams.ts";
import {
  type Attribute,
  attributesOf,
  becomes,
  differs,
  observe,
  type Observed,
  sidesOf,
  standardised,
  type Usual,
  usual,
} from "./attributes.ts";
import { balancedAccuracy, type Latents, projected, slopes } from "./linear.ts";
import { type Names, namesOf } from "./names.ts";

/** What must hold of a direction that is published. */
export const BAR = { accuracy: 0.8, change: 0.6, leak: 0.2 } as const;
/** Samples that are moved to both ends, and where the ends are. */
export const CHECKS = 200;
export const REACH = 2;
/** Samples of the training that are moved to see which other questions a direction changes. */
const TRIALS = 100;
/** A value that fewer samples have gives no direction: so few latents do not tell a hundred numbers. */
const RAREST = 0.01;
/** Share of the samples on which directions are found; the others say how well. */
const TRAINING = 0.8;
const CHUNK = 512; // images held at once

/** A direction that was looked for, with its figures. */
export interface Found extends Names {
  readonly id: string;
  readonly question: string;
  readonly value: string | null;
  /** Of length 1, rounded as it is written. */
  readonly vector: number[];
  readonly accuracy: number;
  /** Null where the accuracy is below the bar already, which saves time. */
  readonly moves: Moves | null;
}

export interface Moves {
  readonly change: number;
  /** Of every other question, the most first. */
  readonly leaks: readonly { readonly question: string; readonly share: number }[];
}

/** A value that too few samples have, or nearly all. */
export interface Absent {
  readonly id: string;
  readonly title: string;
  readonly share: number;
}

/** Whether a direction reaches the bar. */
export function isPublished({ accuracy, moves }: Pick<Found, "accuracy" | "moves">): boolean {
  return accuracy >= BAR.accuracy && moves !== null && moves.change >= BAR.change &&
    moves.leaks.every(({ share }) => share <= BAR.leak);
}

/** One value of a question, or a quantity, of which there may be a direction. */
interface Candidate {
  readonly attribute: number;
  readonly value: number | null;
}

/**
 * Looks for a direction of every value of every question, and of every quantity: the slope of the answer on z, without what
 * lies along the slopes of those questions that would change with it. `samples` latents are those of `seed`; the checks
 * have their own.
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

  const split = Math.floor(TRAINING * samples);
  const training: Latents = { z: z.subarray(0, split * latentSize), latentSize };
  const heldOut: Latents = { z: z.subarray(split * latentSize), latentSize };
  const { candidates, absent } = candidatesOf(dataset.id, attributes, observed);
  const targets = candidates.map(({ attribute, value }) => {
    const numbers = observed[attribute].subarray(0, split);
    return value === null ? numbers : numbers.map((number) => number === value ? 1 : 0);
  });
  const plain = slopes(training, targets);
  const trials = training.z.subarray(0, TRIALS * latentSize);
  const checks = normal([seed, STREAM.directionChecks, 0], CHECKS * latentSize);

  const found: Found[] = [];
  for (const [i, candidate] of candidates.entries()) {
    const { attribute, value } = candidate;
    const sides = sidesOf(value, observed[attribute]);
    const moves = (z: Float32Array, vector: number[]) =>
      movesOf(
        { attributes, ...candidate },
        (offset) => observeMoved(sampler, classifier, z, { vector, offset }, scales),
      );
    const { vector, accuracy } = await condition(
      plain[i],
      (question) => plain.filter((_, j) => attributes[candidates[j].attribute].name === question),
      (vector) =>
        rounded(balancedAccuracy(
          vector,
          { ...training, sides: sides.subarray(0, split) },
          { ...heldOut, sides: sides.subarray(split) },
        )),
      (vector) => moves(trials, vector),
    );
    const { name, values } = attributes[attribute];
    const word = value === null ? null : values![value];
    found.push({
      id: idOf(name, word),
      question: name,
      value: word,
      ...namesOf(dataset.id, name, word),
      vector,
      accuracy,
      moves: accuracy < BAR.accuracy ? null : await moves(checks, vector),
    });
  }
  return { found, absent };
}

/**
 * A direction from which whatever would change with it is taken away: as long as a question changes too often on the way,
 * in samples that are not those of the checks, `slopesOf` that question are projected out, too. Every projection costs
 * accuracy, since what is taken away tells of the attribute as well: questions that stay as they are need none.
 *
 * Ends where nothing leaks, where the accuracy has fallen below the bar, and where no projection helps.
 */
export async function condition(
  slope: readonly number[],
  slopesOf: (question: string) => readonly number[][],
  accuracyOf: (vector: number[]) => number,
  movesOf: (vector: number[]) => Promise<Moves>,
): Promise<{ vector: number[]; accuracy: number }> {
  const conditions = new Set<string>();
  let vector = short(slope);
  let accuracy = accuracyOf(vector);
  while (accuracy >= BAR.accuracy) {
    const leaking = (await movesOf(vector)).leaks.filter(({ share, question }) =>
      share > BAR.leak && !conditions.has(question)
    );
    if (leaking.length === 0) break;
    leaking.forEach(({ question }) => conditions.add(question));
    const rest = projected(slope, [...conditions].flatMap(slopesOf));
    if (!rest) break; // the generator ties this attribute to the others altogether
    vector = short(rest);
    accuracy = accuracyOf(vector);
  }
  return { vector, accuracy };
}

/** What happens between the two ends of a direction, in shares of the checks. */
export async function movesOf(
  { attributes, attribute, value }: { attributes: readonly Attribute[] } & Candidate,
  observeAt: (offset: number) => Promise<Observed>,
): Promise<Moves> {
  const [before, after] = [await observeAt(-REACH), await observeAt(REACH)];
  const shareOf = (a: number, changed: (before: number, after: number) => boolean) =>
    before[a].reduce((sum, from, i) => sum + (changed(from, after[a][i]) ? 1 : 0), 0) /
    before[a].length;
  const leaks = attributes.flatMap((other, a) =>
    a === attribute ? [] : [{
      question: other.name,
      share: rounded(shareOf(a, (from, to) => differs(other, from, to))),
    }]
  );
  return {
    change: rounded(shareOf(attribute, (from, to) => becomes(value, from, to))),
    leaks: leaks.sort((a, b) => b.share - a.share),
  };
}

/** Values with enough samples both with and without them, and quantities. */
function candidatesOf(
  dataset: string,
  attributes: readonly Attribute[],
  observed: Observed,
): { candidates: Candidate[]; absent: Absent[] } {
  const candidates: Candidate[] = [];
  const absent: Absent[] = [];
  attributes.forEach(({ name, values }, attribute) => {
    if (!values) return candidates.push({ attribute, value: null });
    values.forEach((word, value) => {
      const numbers = observed[attribute];
      const share = numbers.reduce((sum, n) => sum + (n === value ? 1 : 0), 0) / numbers.length;
      if (share >= RAREST && share <= 1 - RAREST) candidates.push({ attribute, value });
      else absent.push({ id: idOf(name, word), title: namesOf(dataset, name, word).title, share });
    });
  });
  return { candidates, absent };
}

async function observeMoved(
  sampler: Sampler,
  classifier: Classifier,
  z: Float32Array,
  offset: Offset,
  scales: readonly (Usual | null)[],
): Promise<Observed> {
  const { latentSize } = sampler.card;
  const ends = new Float32Array(z.length);
  for (let at = 0; at < z.length; at += latentSize) {
    ends.set(moved(z.subarray(at, at + latentSize), [offset]), at);
  }
  return standardised(await observeLatents(sampler, classifier, ends), scales);
}

/** What the images of latents show. */
async function observeLatents(
  sampler: Sampler,
  classifier: Classifier,
  z: Float32Array,
): Promise<Observed> {
  const { latentSize } = sampler.card;
  const n = z.length / latentSize;
  const parts: Observed[] = [];
  for (let start = 0; start < n; start += CHUNK) {
    const own = z.subarray(start * latentSize, (start + CHUNK) * latentSize);
    const pixels = await samplesOf(
      sampler,
      own.length / latentSize,
      (first, count) => own.subarray(first * latentSize, (first + count) * latentSize),
    );
    parts.push(await observe(classifier, pixels));
  }
  return parts[0].map((_, a) => Float32Array.from(parts.flatMap((part) => [...part[a]])));
}

const idOf = (question: string, value: string | null) =>
  value === null ? question : `${question}-${value}`;

/** A vector as it is written: its length stays within 0.3 % of 1. */
export const short = (vector: readonly number[]) =>
  vector.map((number) => Number(number.toFixed(3)));

/** Three digits: as many as 200 samples tell apart. */
const rounded = (share: number) => Number(share.toFixed(3));
