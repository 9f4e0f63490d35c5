/** What is asked of a generator's images, and what counts as a change of it. */
import type { Classifier } from "../evaluate/classifier.ts";
import { answers } from "../evaluate/classifier.ts";
import type { Question } from "../evaluate/questions.ts";
import type { Sides } from "./linear.ts";
import { type Drawings, slants, thicknesses } from "./strokes.ts";

/** A question with values, which a classifier answers, or a quantity, which is measured and has none. */
export interface Attribute {
  readonly name: string;
  readonly values: readonly string[] | null;
}

/** By attribute, one number an image: the index of its value, or how much of the quantity it has. */
export type Observed = readonly Float32Array[];

/** By data set. */
const QUANTITIES: Readonly<
  Record<string, Readonly<Record<string, (d: Drawings) => Float32Array>>>
> = { mnist: { slant: slants, thickness: thicknesses } };

const quantitiesOf = (dataset: string) => Object.entries(QUANTITIES[dataset] ?? {});

/** All that can be asked of a data set's images. */
export function attributesOf(dataset: string, questions: readonly Question[]): Attribute[] {
  const quantities = quantitiesOf(dataset).map(([name]) => ({ name, values: null }));
  return [...questions.map(({ name, values }) => ({ name, values })), ...quantities];
}

/** What images show, of one byte a channel value; quantities as they are measured. */
export async function observe(classifier: Classifier, pixels: Uint8Array): Promise<Observed> {
  const { dataset, imageShape: [height, width], questions } = classifier.card;
  const { probabilities } = await classifier.read(pixels);
  return [
    ...questions.map(({ values }, q) =>
      Float32Array.from(answers(probabilities[q], values.length).answer)
    ),
    ...quantitiesOf(dataset.id).map(([, measure]) => measure({ pixels, height, width })),
  ];
}

/** What is usual of a quantity: its mean among the images of each class, and the deviation from that mean. */
export interface Usual {
  readonly means: Float64Array;
  readonly deviation: number;
}

/**
 * What is usual of each quantity among `observed`; null for questions. The class is the first question's value. Classes
 * differ in their quantities by their shape alone, a seven leans more than a three: so a quantity is held against the mean
 * of its class, or every direction from one digit to another would count as one that changes the slant.
 */
export function usual(attributes: readonly Attribute[], observed: Observed): (Usual | null)[] {
  return attributes.map(({ values }, a) => {
    if (values) return null;
    const [classes, numbers] = [observed[0], observed[a]];
    const size = attributes[0].values!.length;
    const counts = new Float64Array(size);
    const means = new Float64Array(size);
    classes.forEach((c) => counts[c]++);
    numbers.forEach((value, i) => means[classes[i]] += value / counts[classes[i]]);
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
 * Whether an image becomes what a direction promises: a value that it has and had not, or at least a standard
 * deviation more of a quantity.
 */
export function becomes(value: number | null, before: number, after: number): boolean {
  return value === null ? after - before >= 1 : before !== value && after === value;
}

/**
 * Which images have the value and which have not. Of a quantity: which are in the highest third and which in the lowest;
 * those between are neither, as InterFaceGAN leaves them out (arXiv:1907.10786).
 */
export function sidesOf(value: number | null, numbers: Float32Array): Sides {
  if (value !== null) return Int8Array.from(numbers, (number) => number === value ? 1 : 0);
  const sorted = numbers.toSorted();
  const [low, high] = [1 / 3, 2 / 3].map((share) => sorted[Math.floor(share * sorted.length)]);
  return Int8Array.from(numbers, (number) => number < low ? 0 : number >= high ? 1 : -1);
}
