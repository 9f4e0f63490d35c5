import { join } from "node:path";
import { normal } from "../../../sampler/random.ts";
import { encodeWeights, sha256, writeClassifier } from "../../../train/evaluate/classifier.ts";
import { newCard } from "../../../train/evaluate/classifier_card.ts";
import { classifierWeights } from "../../../train/evaluate/classifier_network.ts";

/**
 * Writes an untrained classifier of `size` x `size` x 1 images into `folder`. `change` edits its card, `damage` is a byte of
 * its weights to turn over.
 */
export async function writeFixtureClassifier(
  folder: string,
  { id = "mnist", size = 32, change = () => {}, damage }: {
    id?: string;
    size?: number;
    change?: (card: Record<string, unknown>) => void;
    damage?: number;
  } = {},
): Promise<void> {
  const imageShape: [number, number, 1] = [size, size, 1];
  const channels = [4, 4];
  const values = [...Array(10).keys()].map(String);
  const weights = classifierWeights({ imageShape, channels, values: [10] }).map(({ shape }, i) => {
    const count = shape.reduce((a, b) => a * b, 1);
    return normal([1, 200, i], count).map((v) => 0.1 * v);
  });
  const bytes = encodeWeights(weights);
  const card = newCard({
    title: "Fixture",
    dataset: { id, title: id, licence: "CC0", url: null },
    imageShape,
    channels,
    questions: [{ name: "class", values, testAccuracy: 0.1 }],
    accuracy: { validation: 0.1, test: 0.1 },
    training: {
      ...{ command: "none", steps: 1, batchSize: 1, optimizer: "none", seed: 1 },
      ...{ backend: "cpu", device: "cpu", seconds: 0, versions: {} },
    },
    files: { "weights.bin": { bytes: bytes.length, sha256: sha256(bytes) } },
  });
  await writeClassifier(folder, card, bytes, { force: true });
  const changed: Record<string, unknown> = { ...card };
  change(changed);
  await Deno.writeTextFile(join(folder, "card.json"), JSON.stringify(changed));
  if (damage === undefined) return;
  bytes[damage] ^= 0xff;
  await Deno.writeFile(join(folder, "weights.bin"), bytes);
}
