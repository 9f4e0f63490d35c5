/** Directions refined in rounds, each of which is tried out on images. */
import { type Attribute, isBeside } from "./attributes.ts";
import type { Candidate } from "./candidates.ts";
import { balancedAccuracy, halfway, type Latents, short, type Sides } from "./linear.ts";
import { BAR, type Moves, REACH } from "./moves.ts";
import { AIM, type Draft, type Effort, refine } from "./refine.ts";
import type { Reader } from "./surrogate.ts";

/** What must hold in trials; of samples that a direction was not chosen by, a little less of it will. */
const TRIAL_BAR = { accuracy: 0.81, change: 0.63, leak: 0.17 } as const;
/** What has less of it in its first trial is given up. */
const PROMISING = { accuracy: BAR.accuracy, change: 0.5 } as const;

/** An effort to reach the bar: refinements at most, each with other allowances than the one before. */
export interface Rounds extends Effort {
  readonly rounds: number;
}

/** With a surrogate, and with images, which are slow. */
export const GUESSING: Rounds = { rounds: 6, steps: 150, batch: 64, rate: 0.01 };
export const LOOKING: Rounds = { rounds: 4, steps: 50, batch: 32, rate: 0.005 };
/** What is refined with images: so many at most, which the surrogate has brought so near to the bar. */
const [NEAREST, NEAR] = [4, 0.1];
/** By attribute, how much of its probability may move at first: as a surrogate guesses, and as images show. */
const ALLOWED = { guessed: 0.12, seen: 0.16 } as const;
/** Where so much more accuracy than asked for is left, the next round aims at this part of the separation. */
const [TO_SPARE, LESS] = [0.02, 0.95];

/** A direction on its way: what it was begun with, and the best of its trials. */
export interface Tried extends Draft, Candidate {
  readonly training: Latents & { readonly sides: Sides };
  readonly vector: number[];
  /** By how much a trial misses the bar that it misses most; below 0 where it reaches all. Infinite before any trial. */
  readonly miss: number;
}

/** A direction at the beginning: `slope` where nothing better is found, `start` to be refined. */
export function begun(
  attributes: readonly Attribute[],
  { slope, start, training, ...candidate }: Candidate & {
    readonly slope: readonly number[];
    readonly start: readonly number[];
    readonly training: Latents & { readonly sides: Sides };
  },
): Tried {
  return {
    ...candidate,
    ...{ start, training, vector: short(slope), miss: Infinity },
    halfway: halfway(training),
    allowed: attributes.map((a) =>
      isBeside(attributes[candidate.attribute], a) ? ALLOWED.guessed : 1
    ),
    ...AIM,
  };
}

/**
 * The few that are worth a look at their images, nearest first: those for which the trial was not clear, or nearly good enough.
 * What they are allowed begins anew, since much less was allowed for the surrogate's mistakes.
 */
export function nearMisses(tried: readonly Tried[]): Tried[] {
  return tried.filter(({ miss }) => miss > TRIAL_BAR.leak - BAR.leak && miss <= NEAR)
    .toSorted((a, b) => a.miss - b.miss).slice(0, NEAREST)
    .map((draft) => ({
      ...draft,
      allowed: draft.allowed.map((most) => most < 1 ? ALLOWED.seen : most),
    }));
}

/**
 * Refines each of `drafts` until trials with images show that it reaches the bar: what leaks is allowed less in the next
 * round, accuracy that is to spare is given up, and more is asked for where accuracy or change is lacking. What is far from the bar in its
 * first trial is not tried again. The best of the trials counts.
 */
export async function directed(
  reader: Reader,
  attributes: readonly Attribute[],
  drafts: readonly Tried[],
  latents: Latents,
  tryOut: (candidate: Candidate, vector: number[]) => Promise<Moves>,
  { rounds, ...effort }: Rounds,
): Promise<Tried[]> {
  const best = [...drafts];
  let open = [...drafts.entries()];
  for (let round = 0; round < rounds && open.length > 0; round++) {
    const vectors = refine(reader, attributes, open.map(([, d]) => d), latents, REACH, effort);
    const next: typeof open = [];
    for (const [i, [at, draft]] of open.entries()) {
      const vector = short(vectors[i]);
      if (round === 0 && best[at].miss === Infinity) best[at] = { ...best[at], vector };
      const accuracy = balancedAccuracy(vector, draft.training, draft.training);
      const isFirst = best[at].miss === Infinity;
      if (isFirst && accuracy < PROMISING.accuracy) continue;
      const { change, leaks } = await tryOut(draft, vector);
      if (isFirst && change < PROMISING.change) continue;
      const isTold = accuracy >= TRIAL_BAR.accuracy;
      const miss = Math.max(
        isTold ? -Infinity : TRIAL_BAR.accuracy - accuracy,
        BAR.change - change,
        ...leaks.map(({ share }) => share - BAR.leak),
      );
      if (miss < best[at].miss) best[at] = { ...draft, start: vector, vector, miss };
      const leaking = leaks.filter(({ share }) => share > TRIAL_BAR.leak);
      if (leaking.length === 0 && isTold && change >= TRIAL_BAR.change) continue;
      const allowed = draft.allowed.map((most, a) => {
        const leak = leaking.find(({ question }) => question === attributes[a].name);
        return leak ? most * TRIAL_BAR.leak / leak.share : most;
      });
      const isSpare = accuracy > BAR.accuracy + TO_SPARE;
      const separation = draft.separation * (isSpare ? LESS : isTold ? 1 : 1 / LESS);
      const gain = draft.gain * Math.max(1, TRIAL_BAR.change / change);
      next.push([at, { ...draft, start: vectors[i], allowed, separation, gain }]);
    }
    open = next;
  }
  return best;
}
