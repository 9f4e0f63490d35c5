import * as v from "valibot";
import { parse, whole } from "../../sampler/schema.ts";
import { ModelError } from "../../sampler/model_error.ts";
import { classifierWeights, FEATURES } from "./classifier_network.ts";

const CLASSIFIER_SCHEMA = 1;

// Every message completes "expected …".
const text = v.pipe(v.string("a text"), v.nonEmpty("a text that is not empty"));
const size = whole(1);
const share = v.pipe(
  v.number("a number from 0 to 1"),
  v.minValue(0, "a number from 0 to 1"),
  v.maxValue(1, "a number from 0 to 1"),
);

const Card = v.object({
  schema: v.literal(CLASSIFIER_SCHEMA, String(CLASSIFIER_SCHEMA)),
  title: text,
  dataset: v.object({ id: text, title: text, licence: text, url: v.nullable(text) }, "an object"),
  imageShape: v.strictTuple(
    [size, size, v.picklist([1, 3], "1 or 3")],
    "[height, width, channels]",
  ),
  /** Output channels of the convolutions. */
  channels: v.array(size, "an array of channels"),
  features: v.literal(FEATURES, String(FEATURES)),
  /** What it answers, with the share of the test images that it answers right. */
  questions: v.pipe(
    v.array(v.object({ name: text, values: v.array(text), testAccuracy: share }, "an object")),
    v.minLength(1, "at least one question"),
  ),
  /** Shares of right answers, the mean over the questions. */
  accuracy: v.object({ validation: share, test: share }, "an object"),
  training: v.object({
    command: text,
    steps: size,
    batchSize: size,
    optimizer: text,
    seed: whole(0, 0xffffffff),
    backend: text,
    device: text,
    seconds: v.number("a number of seconds"),
    versions: v.record(v.string(), text, "an object of version texts"),
  }, "an object"),
  files: v.object({
    "weights.bin": v.object({
      bytes: size,
      sha256: v.pipe(
        v.string("64 hexadecimal digits"),
        v.regex(/^[0-9a-f]{64}$/, "64 hexadecimal digits"),
      ),
    }, "an object"),
  }, "an object"),
}, "an object");

/** models/classifiers/<data>/card.json: what a classifier answers, how well, and how it was made. */
export type ClassifierCard = v.InferOutput<typeof Card>;

export const newCard = (facts: Omit<ClassifierCard, "schema" | "features">): ClassifierCard => ({
  schema: CLASSIFIER_SCHEMA,
  ...facts,
  features: FEATURES,
});

/** The classifier's card in `value`. Throws a ModelError about the first field that is missing or wrong. */
export function parseClassifierCard(value: unknown, where: string): ClassifierCard {
  const card = parse(Card, value, where, "card");
  const bytes = 2 * classifierWeights(shapeOf(card)).reduce(
    (sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1),
    0,
  );
  const said = card.files["weights.bin"].bytes;
  if (said === bytes) return card;
  throw new ModelError(
    "card",
    `${where}: files["weights.bin"].bytes: expected ${bytes} for these channels, found ${said}`,
  );
}

/** What the network of a card is built for. */
export function shapeOf({ imageShape, channels, questions }: ClassifierCard) {
  return { imageShape, channels, values: questions.map(({ values }) => values.length) };
}
