/** The classifiers that ganlet ships are whole, as good as they should be, and what their cards say. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { startBackend } from "../../../train/backend.ts";
import { loadDataset } from "../../../train/data/dataset.ts";
import { answers, classifiersFolder, loadClassifier } from "../../../train/evaluate/classifier.ts";

const LEAST_ACCURACY: Record<string, number> = { mnist: 0.99, "fashion-mnist": 0.91, faces: 0.97 };
const shipped = [...Deno.readDirSync(classifiersFolder)].map(({ name }) => name);
await startBackend("wasm", 1); // one thread: no worker to end

Deno.test("models/classifiers/ holds one for each data set with labels", () =>
  assert.deepEqual(shipped.toSorted(), Object.keys(LEAST_ACCURACY).toSorted()));

for (const data of shipped) {
  const least = LEAST_ACCURACY[data];
  Deno.test(`models/classifiers/${data} is what its card says: ${100 * least} % right or more`, async () => {
    const classifier = await loadClassifier(join(classifiersFolder, data));
    const { dataset, accuracy, questions, training } = classifier.card;
    classifier.dispose();
    assert.equal(dataset.id, data);
    assert.ok(accuracy.test >= least, `${accuracy.test}`);
    const mean = questions.reduce((sum, q) => sum + q.testAccuracy, 0) / questions.length;
    assert.ok(Math.abs(accuracy.test - mean) < 1e-9);
    assert.match(
      training.command,
      new RegExp(`^deno task train:classifier --data ${data} --epochs `),
    );
  });
}

Deno.test("the MNIST classifier reads as many test digits right as its card says", async () => {
  const classifier = await loadClassifier(join(classifiersFolder, "mnist"));
  const { pixels, labels } = await loadDataset("mnist", { split: "test" });
  const count = 4000;
  const reading = await classifier.read(pixels.subarray(0, count * 32 * 32));
  const { answer } = answers(reading.probabilities[0], 10);
  const wrong = answer.filter((digit, i) => digit !== labels![i]).length;
  // The first half of MNIST's test images is the harder one: of all 10,000 its errors are most.
  const all = Math.round(10_000 * (1 - classifier.card.accuracy.test));
  assert.ok(wrong <= all && wrong >= all / 4, `${wrong} wrong of ${count}, ${all} of 10,000`);
  classifier.dispose();
});
