/** What changes from one end of a direction to the other. */
import type { Sampler } from "../../sampler/deno.ts";
import { moved } from "../../sampler/directions.ts";
import type { Classifier } from "../evaluate/classifier.ts";
import { samplesOf } from "../evaluate/samples.ts";
import {
  type Attribute,
  becomes,
  differs,
  type Ends,
  isBeside,
  observe,
  type Observed,
  type Seen,
  standardised,
  type Usual,
} from "./attributes.ts";

/** What must hold of a direction that is published. */
export const BAR = { accuracy: 0.8, change: 0.6, leak: 0.2 } as const;
/** Where the ends are, in standard deviations of the latents. */
export const REACH = 2;
const CHUNK = 512; // images held at once

/** In shares of the samples. */
export interface Moves {
  readonly change: number;
  /** Of every other question, the most first. */
  readonly leaks: readonly { readonly question: string; readonly share: number }[];
}

/** Three digits: as many as 200 samples tell apart. */
export const rounded = (share: number) => Number(share.toFixed(3));

/** What happens to samples between the two ends of a direction of an attribute. */
export async function movesOf(
  { attributes, attribute, ends }: {
    readonly attributes: readonly Attribute[];
    readonly attribute: number;
    readonly ends: Ends;
  },
  observeAt: (offset: number) => Promise<Observed>,
): Promise<Moves> {
  const [before, after] = [await observeAt(-REACH), await observeAt(REACH)];
  const shareOf = (a: number, changed: (before: number, after: number) => boolean) =>
    before[a].reduce((sum, from, i) => sum + (changed(from, after[a][i]) ? 1 : 0), 0) /
    before[a].length;
  const leaks = attributes.flatMap((other, a) =>
    !isBeside(attributes[attribute], other) ? [] : [{
      question: other.name,
      share: rounded(shareOf(a, (from, to) => differs(other, from, to))),
    }]
  );
  return {
    change: rounded(shareOf(attribute, (from, to) => becomes(ends, from, to))),
    leaks: leaks.sort((a, b) => b.share - a.share),
  };
}

/** What the images of latents show that are all moved along a direction; quantities by what is usual of them. */
export async function observeMoved(
  sampler: Sampler,
  classifier: Classifier,
  z: Float32Array,
  along: { readonly vector: readonly number[]; readonly offset: number },
  scales: readonly (Usual | null)[],
): Promise<Observed> {
  const { latentSize } = sampler.card;
  const ends = new Float32Array(z.length);
  for (let at = 0; at < z.length; at += latentSize) {
    ends.set(moved(z.subarray(at, at + latentSize), [along]), at);
  }
  const { observed } = await observeLatents(sampler, classifier, ends);
  return standardised(observed, scales);
}

/** What the images of latents show. */
export async function observeLatents(
  sampler: Sampler,
  classifier: Classifier,
  z: Float32Array,
): Promise<Seen> {
  const { latentSize } = sampler.card;
  const n = z.length / latentSize;
  const parts: Seen[] = [];
  for (let start = 0; start < n; start += CHUNK) {
    const own = z.subarray(start * latentSize, (start + CHUNK) * latentSize);
    const pixels = await samplesOf(
      sampler,
      own.length / latentSize,
      (first, count) => own.subarray(first * latentSize, (first + count) * latentSize),
    );
    parts.push(await observe(classifier, pixels));
  }
  const joined = (of: (part: Seen) => readonly Float32Array[]) =>
    of(parts[0]).map((_, a) => Float32Array.from(parts.flatMap((part) => [...of(part)[a]])));
  return {
    observed: joined(({ observed }) => observed),
    probabilities: joined(({ probabilities }) => probabilities),
  };
}
