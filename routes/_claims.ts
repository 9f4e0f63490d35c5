/** What the article says, and what was measured of it. */
import { duration, objectiveName } from "../components/facts.ts";
import { cost } from "../components/results.ts";
import type { ModelCard } from "../sampler/card.ts";
import { GRID, type Modes, RING } from "./_modes.ts";

export const ARTICLE = "Description of several problems in generating countermeasure networks";

export interface Claim {
  /** The article's words. */
  quote: string;
  /** Sentences. */
  measured: string[];
}

/** The article's claims beside what the models of one group, and docs/modes.md, say to them. */
export function claims(cards: readonly ModelCard[]): Claim[] {
  return [
    {
      quote: "WGAN-GP has the best effect, but the training time is relatively long.",
      measured: [...bestEffect(cards, "wgan-gp"), ...trainingTime(cards, "wgan-gp")],
    },
    {
      quote: "LSGAN, WGAN, WGAN-GP and EBGAN all improve the training skills in different places " +
        "and get a better training effect.",
      measured: [
        ...againstBaseline(cards, "dcgan"),
        `On the grid of 25 Gaussians, ${
          listed(GRID.map((m) => `${objectiveName(m.objective)} finds ${range(m.found)}`))
        }, in three runs each.`,
      ],
    },
    {
      quote: "The frequent use of weight clipping may lead to some wrong problems.",
      measured: [
        `Clipping blurs rather than forgets: on the ring, WGAN finds ${
          range(of(RING, "wgan").found)
        } of 8 modes, with ${range(of(RING, "wgan").onMode)} % of its samples on one. ` +
        `WGAN-GP finds ${range(of(RING, "wgan-gp").found)}, with ${
          range(of(RING, "wgan-gp").onMode)
        } %.`,
      ],
    },
    {
      quote: "Relevant experiments show that this method [the gradient penalty] converges faster " +
        "and better.",
      measured: [
        "With the article's own settings on drawn faces, 73 minutes side by side, WGAN-GP made 193 " +
        "steps where LSGAN made 851, and was the only one with anything to show by then. The " +
        "settings' optimizers are a part of that: on digits and with ours, LSGAN and WGAN are not behind like this.",
      ],
    },
  ];
}

function bestEffect(cards: readonly ModelCard[], objective: string): string[] {
  const ranked = byFrechet(cards);
  const place = ranked.findIndex(({ card }) => card.objective === objective);
  if (place === -1) return [`No model of ${objectiveName(objective)} here is measured yet.`];
  if (ranked.length === 1) return [];
  const { card, value } = ranked[place];
  const what = `a Fréchet distance of ${short(value)}`;
  return place === 0
    ? [
      `So it is here: ${nameOf(card)} has ${what}, ${nameOf(ranked[1].card)}, the next, ${
        short(ranked[1].value)
      }.`,
    ]
    : [
      `Not here: ${nameOf(ranked[0].card)} is best with ${short(ranked[0].value)}; ` +
      `${nameOf(card)} is number ${place + 1} of ${ranked.length} with ${what}.`,
    ];
}

function trainingTime(cards: readonly ModelCard[], objective: string): string[] {
  const card = cards.find((card) => card.objective === objective);
  const others = cards.filter((card) => card.objective !== objective);
  if (!card || others.length === 0) return [];
  const told = `${nameOf(card)} trained for ${duration(cost(card).seconds)} and ${
    steps(card)
  } steps, the others for ${spanOf(others, (c) => cost(c).seconds, duration)} and ${
    spanOf(others, (c) => c.training.generatorSteps, count)
  } steps.`;
  const device = ({ training: { backend, device } }: ModelCard) => `${backend}, ${device}`;
  const isOneMachine = others.every((other) => device(other) === device(card));
  const isByClock = cards.some((card) => cost(card).isByClock);
  if (!isOneMachine && isByClock) {
    return [`${told} They ran on different threads or machines, so their minutes do not compare.`];
  }
  const pace = (card: ModelCard) => cost(card).seconds / Math.max(1, card.training.generatorSteps);
  const ratio = pace(card) / Math.min(...others.map(pace));
  return [`${told} One step of it takes ${ratio.toFixed(1)} times as long as the quickest's.`];
}

function againstBaseline(cards: readonly ModelCard[], objective: string): string[] {
  const ranked = byFrechet(cards);
  const baseline = ranked.find(({ card }) => card.objective === objective);
  const others = ranked.filter(({ card }) => card.objective !== objective);
  if (!baseline || others.length === 0) return [];
  const told = ({ card, value }: Ranked) => `${nameOf(card)} (${short(value)})`;
  const better = others.filter(({ value }) => value < baseline.value);
  const worse = others.filter(({ value }) => value >= baseline.value);
  const parts = [
    better.length > 0 && `${listed(better.map(told))} ${better.length > 1 ? "are" : "is"} nearer`,
    worse.length > 0 &&
    `${listed(worse.map(told))} ${worse.length > 1 ? "are" : "is"} ${
      better.length > 0 ? "not" : "no nearer"
    }`,
  ].filter((part) => part !== false);
  return [
    `Against ${nameOf(baseline.card)}'s Fréchet distance of ${short(baseline.value)}, ${
      parts.join(", ")
    }.`,
  ];
}

interface Ranked {
  card: ModelCard;
  value: number;
}

function byFrechet(cards: readonly ModelCard[]): Ranked[] {
  return cards.flatMap((card) => {
    const value = card.metrics?.frechet?.value;
    return value === undefined ? [] : [{ card, value }];
  }).sort((a, b) => a.value - b.value);
}

function nameOf({ objective }: ModelCard): string {
  return objectiveName(objective);
}

function of(modes: readonly Modes[], objective: string): Modes {
  return modes.find((m) => m.objective === objective)!;
}

/** "8", "7 to 8". */
function range(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? String(low) : `${low} to ${high}`;
}

function spanOf(
  cards: readonly ModelCard[],
  of: (card: ModelCard) => number,
  text: (value: number) => string,
): string {
  const values = cards.map(of);
  const [low, high] = [Math.min(...values), Math.max(...values)].map(text);
  return low === high ? low : `${low} to ${high}`;
}

/** "a", "a and b", "a, b and c". */
function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join() : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

function steps({ training }: ModelCard): string {
  return count(training.generatorSteps);
}

function count(value: number): string {
  return value.toLocaleString("en");
}

function short(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString("en");
}
