import { uniform } from "../../../../sampler/random.ts";

export interface Attribute {
  readonly name: string;
  readonly values: readonly string[];
  /** How often each value is drawn, relative to the others; all equally often when left out. */
  readonly weights?: readonly number[];
}

/**
 * What a face is drawn from: toon-head's own names, colours as hexadecimal RGB. `none` leaves a part
 * away. Long hair covers some of the clothes, a full beard some of the mouth.
 */
export const ATTRIBUTES: readonly Attribute[] = [
  { name: "hair", values: ["sideComed", "undercut", "spiky", "bun"] },
  { name: "hairColor", values: ["2c1b18", "a55728", "b58143", "d6b370", "724133"] },
  { name: "skinColor", values: ["f1c3a5", "c68e7a", "b98e6a", "a36b4f", "5c3829"] },
  {
    name: "rearHair",
    values: ["none", "longStraight", "longWavy", "shoulderHigh", "neckHigh"],
    weights: [2, 1, 1, 1, 1],
  },
  {
    name: "beard",
    values: ["none", "moustacheTwirl", "fullBeard", "chin", "chinMoustache", "longBeard"],
    weights: [6, 1, 1, 1, 1, 1],
  },
  { name: "eyes", values: ["happy", "wide", "bow", "humble", "wink"] },
  { name: "eyebrows", values: ["raised", "angry", "happy", "sad", "neutral"] },
  { name: "mouth", values: ["laugh", "angry", "agape", "smile", "sad"] },
  { name: "clothes", values: ["turtleNeck", "openJacket", "dress", "shirt", "tShirt"] },
  {
    name: "clothesColor",
    // deno-fmt-ignore
    values: ["545454", "b11f1f", "0b3286", "147f3c", "eab308", "731ac3", "ec4899", "f97316", "e8e9e6"],
  },
  { name: "backgroundColor", values: ["dbeafe", "fde2e4", "e2f0cb", "fff1c9", "e9e4f5"] },
];

/** One value number for each attribute: a function of its arguments alone. */
export function drawLabels(seed: number, stream: number, index: number): number[] {
  const random = uniform([seed, stream, index], ATTRIBUTES.length);
  return ATTRIBUTES.map(({ values, weights = values.map(() => 1) }, attribute) => {
    let left = random[attribute] * weights.reduce((sum, weight) => sum + weight);
    const label = weights.findIndex((weight) => (left -= weight) < 0);
    return label < 0 ? values.length - 1 : label; // float32 may round the product up to the sum
  });
}
