/** A slow walk through latent space, from seed to seed. */
import { latent, slerp } from "../../sampler/latent.ts";

/** From one seed to the next; a third of it is spent looking at the seed. */
const LEG_MS = 3600;
const REST_SHARE = 1 / 3;

export interface Place {
  z: Float32Array;
  /** The seed that the walk is at, or nearest to. */
  seed: number;
}

/** Where a walk that left `firstSeed` is after `milliseconds`. */
export function placeAt(firstSeed: number, milliseconds: number, latentSize: number): Place {
  const leg = Math.floor(milliseconds / LEG_MS);
  const share = milliseconds / LEG_MS - leg;
  const t = eased(Math.max(0, (share - REST_SHARE) / (1 - REST_SHARE)));
  const from = firstSeed + leg;
  return {
    z: t === 0
      ? latent(from, latentSize)
      : slerp(latent(from, latentSize), latent(from + 1, latentSize), t),
    seed: t < 0.5 ? from : from + 1,
  };
}

/** Leaves and arrives gently: 3t² − 2t³. */
function eased(t: number): number {
  return t * t * (3 - 2 * t);
}
