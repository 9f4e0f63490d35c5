/** What is asked of a generator's images, and what counts as a change of it. */
import type { Classifier } from "../evaluate/classifier.ts";
import { answers } from "../evaluate/classifier.ts";
import type { Question } from "../evaluate/questions.ts";
import type { Sides } from "./linear.ts";
import { type Drawings, slants, thicknesses } from "./strokes.ts";
import * as tones from "./tones.ts";

/** A question with values, which a classifier answers, or a quantity, which is measured and has none. */
export interface Attribute {
  readonly name: string;
  readonly values: readonly string[] | null;
  /** Of a quantity: the question that it is another measure of, as the lightness of skin is of its colour. */
  readonly of?: string;
}

/** What an attribute is about: the question that it is, or is another measure of. */
export const subjectOf = ({ name, of }: Attribute): string => of ?? name;

/**
 * Whether it is a leak when `other` changes along a direction of `attribute`. Measures of one thing are not each other's, and
 * one that has a question is spoken for by it.
 */
export const isBeside = (attribute: Attribute, other: Attribute): boolean =>
  other.of === undefined && other.name !== subjectOf(attribute);

/** By attribute, one number an image: the index of its value, or how much of the quantity it has. */
export type Observed = readonly Float32Array[];

interface Quantity {
  readonly of?: string;
  readonly measure: (images: Drawings) => Float32Array;
  /** Where it is a sum over pixels: which one. */
  readonly tone?: tones.Tone;
}

const toneOf = (of: string, tone: tones.Tone): Quantity => ({
  ...{ of, tone },
  measure: (images) => tones.measured(tone, images),
});

/** By data set. */
const QUANTITIES: Readonly<Record<string, Readonly<Record<string, Quantity>>>> = {
  mnist: { slant: { measure: slants }, thickness: { measure: thicknesses } },
  faces: {
    skinLightness: toneOf("skinColor", tones.skinLightness),
    hairLightness: toneOf("hairColor", tones.hairLightness),
    hairHeight: toneOf("hair", tones.hairHeight),
    hairLength: toneOf("rearHair", tones.hairLength),
    clothesLightness: toneOf("clothesColor", tones.clothesLightness),
    clothesWarmth: toneOf("clothesColor", tones.clothesWarmth),
    backgroundYellowness: toneOf("backgroundColor", tones.backgroundYellowness),
    backgroundRedness: toneOf("backgroundColor", tones.backgroundRedness),
  },
};

const quantitiesOf = (dataset: string) => Object.entries(QUANTITIES[dataset] ?? {});

/** All that can be asked of a data set's images. */
export function attributesOf(dataset: string, questions: readonly Question[]): Attribute[] {
  const quantities = quantitiesOf(dataset).map(([name, { of }]) => ({ name, values: null, of }));
  return [...questions.map(({ name, values }) => ({ name, values })), ...quantities];
}

/** What images show, and how probable the classifier holds each value of a question, [images, values]. */
export interface Seen {
  readonly observed: Observed;
  readonly probabilities: readonly Float32Array[];
}

/** What images show, of one byte a channel value; quantities as they are measured. */
export async function observe(classifier: Classifier, pixels: Uint8Array): Promise<Seen> {
  const { dataset, imageShape: [height, width], questions } = classifier.card;
  const { probabilities } = await classifier.read(pixels);
  const observed = [
    ...questions.map(({ values }, q) =>
      Float32Array.from(answers(probabilities[q], values.length).answer)
    ),
    ...quantitiesOf(dataset.id).map(([, { measure }]) => measure({ pixels, height, width })),
  ];
  return { observed, probabilities };
}

/** By quantity of a data set, the sum over pixels that it is; null where one is none. */
export function tonesOf(dataset: string): tones.Tone[] | null {
  const all = quantitiesOf(dataset).flatMap(([, { tone }]) => tone ? [tone] : []);
  return all.length === quantitiesOf(dataset).length ? all : null;
}

/** What is usual of a quantity: its mean among the images of each class, and the deviation from that mean. */
export interface Usual {
  readonly means: Float64Array;
  readonly deviation: number;
}

/**
 * What is usual of each quantity among `observed`; null for questions. The class is the first question's value. Classes
 * differ in their quantities by their shape alone, a seven leans more than a three: so a quantity is held against the mean
 * of its class, or every direction from one digit to another would count as one that changes the slant. Where a question asks
 * for the same thing, images of all classes are alike in it, and have one mean.
 */
export function usual(attributes: readonly Attribute[], observed: Observed): (Usual | null)[] {
  return attributes.map(({ values, of }, a) => {
    if (values) return null;
    const [classes, numbers] = [observed[0], observed[a]];
    const size = attributes[0].values!.length;
    const counts = new Float64Array(size);
    const means = new Float64Array(size);
    classes.forEach((c) => counts[c]++);
    numbers.forEach((value, i) => means[classes[i]] += value / counts[classes[i]]);
    if (of) means.fill(numbers.reduce((sum, value) => sum + value / numbers.length, 0));
    const squares = numbers.reduce((sum, value, i) => sum + (value - means[classes[i]]) ** 2, 0);
    return { means, deviation: Math.sqrt(squares / numbers.length) };
  });
}

/** Quantities in standard deviations from the mean of the image's class; values as they are. */
export function standardised(observed: Observed, usual: readonly (Usual | null)[]): Observed {
  return observed.map((numbers, a) => {
    const of = usual[a];
    if (!of) return numbers;
    return numbers.map((value, i) => (value - of.means[observed[0][i]]) / of.deviation);
  });
}

/**
 * Whether an attribute differs between two images. A question: its answer is another. A quantity: by at least a standard
 * deviation, as it does in 48 % of the pairs of random samples (‖a − b‖ ≥ 1 for a, b from N(0, 1)).
 */
export function differs({ values }: Attribute, before: number, after: number): boolean {
  return values ? before !== after : Math.abs(after - before) >= 1;
}

/**
 * What a direction leads from and to: values of a question, other ones at each end. One value against all the others is
 * the case that has those at `minus`. Null of a quantity: from less to more.
 */
export type Ends = Readonly<Record<"minus" | "plus", readonly number[]>> | null;

/**
 * Whether an image becomes what a direction promises: its answer is one of the values at `minus` before and one of those at
 * `plus` after, or it has at least a standard deviation more of a quantity.
 */
export function becomes(ends: Ends, before: number, after: number): boolean {
  return ends ? ends.minus.includes(before) && ends.plus.includes(after) : after - before >= 1;
}

/**
 * Which images are at the plus end and which at the minus end. Of a quantity: which are in the highest third and which in
 * the lowest. Those between are neither, as InterFaceGAN leaves them out (arXiv:1907.10786).
 */
export function sidesOf(ends: Ends, numbers: Float32Array): Sides {
  const sideOf = (isMinus: boolean, isPlus: boolean) => isPlus ? 1 : isMinus ? 0 : -1;
  if (ends) {
    const { minus, plus } = ends;
    return Int8Array.from(numbers, (n) => sideOf(minus.includes(n), plus.includes(n)));
  }
  const sorted = numbers.toSorted();
  const [low, high] = [1 / 3, 2 / 3].map((share) => sorted[Math.floor(share * sorted.length)]);
  return Int8Array.from(numbers, (number) => sideOf(number < low, number >= high));
}
