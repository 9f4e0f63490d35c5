/** docs/modes.md's figures, which a test holds against it: three training seeds for each objective. */
export interface Modes {
  objective: string;
  /** Modes found. */
  found: readonly number[];
  /** Percent of the samples that lie within three standard deviations of a mode. */
  onMode: readonly number[];
  /** Of the samples' shares of the modes against equal shares, in nats. */
  reverseKl: readonly number[];
}

/** Eight Gaussians on a ring. */
export const RING: readonly Modes[] = [
  modes("dcgan", [8, 8, 8], [68, 68, 67], [0.308, 0.016, 0.027]),
  modes("ebgan", [7, 8, 4], [31, 36, 43], [0.385, 0.101, 0.951]),
  modes("lsgan", [5, 8, 8], [69, 54, 52], [0.545, 0.040, 0.060]),
  modes("wgan", [7, 8, 7], [3, 7, 10], [0.028, 0.012, 0.005]),
  modes("wgan-gp", [8, 8, 8], [39, 41, 41], [0.001, 0.000, 0.002]),
];

/** 25 Gaussians on a grid. */
export const GRID: readonly Modes[] = [
  modes("dcgan", [25, 19, 21], [25, 20, 28], [0.195, 0.230, 0.260]),
  modes("ebgan", [21, 21, 17], [24, 20, 22], [0.228, 0.233, 0.528]),
  modes("lsgan", [15, 13, 12], [9, 3, 4], [0.353, 0.328, 0.458]),
  modes("wgan", [22, 21, 23], [6, 4, 6], [0.060, 0.031, 0.069]),
  modes("wgan-gp", [25, 25, 25], [10, 10, 13], [0.015, 0.021, 0.024]),
];

function modes(
  objective: string,
  found: number[],
  onMode: number[],
  reverseKl: number[],
): Modes {
  return { objective, found, onMode, reverseKl };
}
