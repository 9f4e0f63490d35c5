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
  /** Null where the accuracy is below the bar already, which saves two thirds of the time. */
  readonly moves: Moves | null;
}

export interface Moves {
  readonly change: number;
  readonly leak: { readonly question: string; readonly share: number } | null;
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
    (moves.leak?.share ?? 0) <= BAR.leak;
}

/** One value of a question, or a quantity, of which there may be a direction. */
interface Candidate {
  readonly attribute: number;
  readonly value: number | null;
}

/**
 * Looks for a direction of every value of every question, and of every quantity: the slope of the answer on z, without what
 * lies along the slopes of all other questions. `samples` latents are those of `seed`; the checks have their own.
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
  const raws = slopes(training, targets);

  const checks = normal([seed, STREAM.directionChecks, 0], CHECKS * latentSize);
  const found: Found[] = [];
  for (const [i, { attribute, value }] of candidates.entries()) {
    const others = raws.filter((_, j) => candidates[j].attribute !== attribute);
    const direction = projected(raws[i], others);
    if (!direction) continue; // a generator that ties one attribute to others altogether
    const vector = direction.map((number) => Number(number.toFixed(3)));
    const sides = sidesOf(value, observed[attribute]);
    const accuracy = balancedAccuracy(
      vector,
      { ...training, sides: sides.subarray(0, split) },
      { ...heldOut, sides: sides.subarray(split) },
    );
    const { name, values } = attributes[attribute];
    const word = value === null ? null : values![value];
    found.push({
      id: idOf(name, word),
      question: name,
      value: word,
      ...namesOf(dataset.id, name, word),
      vector,
      accuracy: rounded(accuracy),
      moves: accuracy < BAR.accuracy ? null : await movesOf(
        { attributes, attribute, value },
        (offset) => observeMoved(sampler, classifier, checks, { vector, offset }, scales),
      ),
    });
  }
  return { found, absent };
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
    leak: leaks.reduce<Moves["leak"]>(
      (most, leak) => most && most.share >= leak.share ? most : leak,
      null,
    ),
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

/** Three digits: as many as 200 samples tell apart. */
const rounded = (share: number) => Number(share.toFixed(3));
