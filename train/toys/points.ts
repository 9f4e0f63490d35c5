import { normal, uniform } from "../../sampler/random.ts";
import { STREAM } from "../streams.ts";

/** A mixture of equally likely round Gaussians in the plane. */
export interface Points {
  readonly id: string;
  readonly title: string;
  /** The Gaussians' centres. */
  readonly modes: readonly (readonly [x: number, y: number])[];
  /** Standard deviation of each Gaussian in both directions. */
  readonly sd: number;
  /** Length of the plane that is 1 to the networks: they see coordinates of about -1 to 1, as they see pixels. */
  readonly unit: number;
}

/** 8 Gaussians on the unit circle, sd 0.01 (VEEGAN, arXiv:1705.07761, section 4.1; PacGAN, arXiv:1712.04086, section 4.1). */
const ring: Points = {
  id: "ring",
  title: "a ring of 8 Gaussians",
  modes: [...Array(8).keys()].map((k) => {
    const angle = 2 * Math.PI * k / 8;
    return [Math.cos(angle), Math.sin(angle)] as const;
  }),
  sd: 0.01,
  unit: 1,
};

/** 5x5 Gaussians, 2 apart, sd 0.05 (the same). */
const grid: Points = {
  id: "grid",
  title: "a grid of 25 Gaussians",
  modes: [...Array(25).keys()].map((k) => [2 * (k % 5) - 4, 2 * Math.floor(k / 5) - 4] as const),
  sd: 0.05,
  unit: 4,
};

/** The distributions that `--data` may name. */
export const POINTS: readonly Points[] = [ring, grid];

export const pointsNamed = (name: string) => POINTS.find(({ id }) => id === name);

/**
 * Points for critic step `step` of a run: [count, 2], x and y in turn, in the networks' unit. There is no end to them, so no
 * point is seen twice, and they are a pure function of (seed, step), so that resuming needs no state.
 */
export function drawPoints(
  { modes, sd, unit }: Points,
  { seed, step, count }: { seed: number; step: number; count: number },
): Float32Array {
  const chosen = uniform([seed, STREAM.pointModes, step], count);
  const offsets = normal([seed, STREAM.pointOffsets, step], 2 * count);
  return offsets.map((offset, i) => {
    const mode = modes[Math.floor(chosen[i >> 1] * modes.length)];
    return (mode[i % 2] + sd * offset) / unit;
  });
}
