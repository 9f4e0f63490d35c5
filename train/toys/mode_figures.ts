import type { Points } from "./points.ts";

/** How well samples cover a mixture of Gaussians. */
export interface ModeFigures {
  readonly modes: number;
  /** Modes with at least one high-quality sample. */
  readonly found: number;
  /** Share of the samples that are high-quality: within three standard deviations of a mode. */
  readonly highQuality: number;
  /** KL(samples ‖ uniform) over the modes, in nats: 0 where all are equally frequent, log(modes) where one has everything. */
  readonly reverseKl: number;
}

/**
 * VEEGAN's measures (arXiv:1705.07761, section 4.1) and PacGAN's (arXiv:1712.04086, section 4.1), which count alike:
 *
 * - each sample belongs to the mode that is nearest to it;
 * - it is high-quality when its distance from there is at most three standard deviations;
 * - a mode is found when at least one high-quality sample belongs to it;
 * - reverse KL = Σ pₖ log(pₖ · modes), pₖ being mode k's share of all samples, of high quality or not.
 *
 * Of points drawn from the mixture itself, 1 − exp(−9/2) = 98.9 % are high-quality. `samples` is [count, 2] in the plane's
 * own unit. Throws a RangeError when there is none, or when one is not finite.
 */
export function modeFigures({ modes, sd }: Points, samples: Float32Array): ModeFigures {
  const count = samples.length / 2;
  if (count === 0) throw new RangeError("no samples to measure");
  const belonging = new Uint32Array(modes.length);
  const good = new Uint32Array(modes.length);
  for (let i = 0; i < count; i++) {
    const { mode, distance } = nearestMode(modes, samples[2 * i], samples[2 * i + 1]);
    belonging[mode]++;
    if (distance <= 3 * sd) good[mode]++;
  }
  return {
    modes: modes.length,
    found: good.filter((n) => n > 0).length,
    highQuality: good.reduce((a, b) => a + b) / count,
    reverseKl: belonging.reduce(
      (sum, n) => n === 0 ? sum : sum + n / count * Math.log(n / count * modes.length),
      0,
    ),
  };
}

function nearestMode(modes: Points["modes"], x: number, y: number) {
  let nearest = { mode: -1, distance: Infinity };
  modes.forEach(([modeX, modeY], mode) => {
    const distance = Math.hypot(x - modeX, y - modeY);
    if (distance < nearest.distance) nearest = { mode, distance };
  });
  if (nearest.mode < 0) throw new RangeError(`a sample is (${x}, ${y})`);
  return nearest;
}

/** As a line for people: "8 of 8 modes, 21.3 % high-quality, reverse KL 0.004". */
export function describeFigures({ modes, found, highQuality, reverseKl }: ModeFigures): string {
  return `${found} of ${modes} modes, ${(100 * highQuality).toFixed(1)} % high-quality, ` +
    `reverse KL ${reverseKl.toFixed(3)}`;
}
