import { join } from "node:path";
import { type Backend, startBackend } from "../backend.ts";
import { asksForHelp, optionRows, rowsOf, tokensOf, valuesOf, wordsOf } from "../command_line.ts";
import { type Dataset, datasetNames, loadDataset } from "../data/dataset.ts";
import { versions } from "../model_folder.ts";
import { flag, integer, oneOf, option, path } from "../option_table.ts";
import { duration } from "../progress.ts";
import { computing, runProgram } from "../program.ts";
import { Refusal } from "../refusal.ts";
import { exists } from "../run_folders.ts";
import {
  answers,
  type Classifier,
  classifiersFolder,
  encodeWeights,
  onBackend,
  sha256,
  writeClassifier,
} from "./classifier.ts";
import { type ClassifierCard, newCard } from "./classifier_card.ts";
import { type ClassifierRecipe, OPTIMIZER, trainClassifier } from "./classifier_training.ts";
import { questionsOf } from "./questions.ts";

/** By data set. Clothes are as likely to face left as right; a digit mirrored is none. */
const RECIPES: Readonly<Record<string, ClassifierRecipe>> = {
  mnist: { channels: [24, 48, 96], epochs: 12, shift: 2, mirror: false, drop: 0.25 },
  "fashion-mnist": { channels: [32, 64, 128], epochs: 7, shift: 1, mirror: true, drop: 0 },
  faces: { channels: [16, 32, 64, 128], epochs: 5, shift: 0, mirror: false, drop: 0 },
};

const table = {
  data: option("name", oneOf(datasetNames), "mnist", "what to classify"),
  epochs: option("n", integer(1, 1000), undefined, "passes over the images", "the data set's"),
  seed: option("n", integer(0, 2 ** 32 - 1), 1, "seed of everything random"),
  out: option("folder", path, undefined, "where it goes", "models/classifiers/<data>"),
  force: flag("replace what is there"),
  ...computing,
};

/** `deno task train:classifier`: trains a data set's classifier on its real labels and writes it. */
async function main(args: string[]): Promise<void> {
  const tokens = tokensOf(args, table);
  if (asksForHelp(tokens)) {
    const usage = "Train the classifier by whose features a data set's generators are evaluated.";
    const lines = [usage, "", "  deno task train:classifier [options]", ""];
    console.log([...lines, ...rowsOf({ Options: optionRows(table) })].join("\n"));
    return;
  }
  const [stray] = wordsOf(tokens);
  if (stray !== undefined) throw new Refusal(`"${stray}" is one word too many; see --help`, 2);
  const { data, seed, force, ...options } = valuesOf(tokens, table);
  const out = options.out ?? join(classifiersFolder, data);
  if (!force && await exists(out)) {
    throw new Refusal(`${out} exists already: --force replaces it, --out names another folder`, 2);
  }
  const recipe = { ...RECIPES[data], epochs: options.epochs ?? RECIPES[data].epochs };
  const backend = await startBackend(options.backend, options.threads);
  try {
    console.log(backend.message);
    const { card, weightsBin } = await makeClassifier(data, recipe, seed, backend);
    await writeClassifier(out, card, weightsBin, { force });
    const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
    const { test, validation } = card.accuracy;
    console.log(
      `Wrote ${out} after ${duration(card.training.seconds)}: right are ${percent(test)} of the ` +
        `test images' answers and ${percent(validation)} of the validation images'`,
    );
  } finally {
    backend.stop();
  }
}

/** A trained classifier, judged with the float16 weights that are shipped. */
async function makeClassifier(
  data: string,
  recipe: ClassifierRecipe,
  seed: number,
  backend: Backend,
): Promise<{ card: ClassifierCard; weightsBin: Uint8Array }> {
  const dataset = await loadDataset(data);
  const start = performance.now();
  const trained = await trainClassifier(dataset, recipe, seed, ({ step, steps, loss }) => {
    if (step % 200 !== 0 && step !== steps) return;
    const left = (performance.now() - start) / 1000 * (steps / step - 1);
    console.log(`step ${step}/${steps}  ${duration(left)} left  loss ${loss.toPrecision(3)}`);
  });
  const seconds = Math.round((performance.now() - start) / 1000);
  const weightsBin = encodeWeights(trained.values);
  const { id, title, licence, url } = dataset;
  const questions = questionsOf(dataset);
  /** The card with these shares of right answers, a question each. */
  const cardWith = (validation: number[], test: number[]) =>
    newCard({
      title: `Classifier of ${title}`,
      dataset: { id, title, licence, url },
      imageShape: [...dataset.imageShape],
      channels: [...recipe.channels],
      questions: questions.map(({ name, values }, q) => ({
        ...{ name, values: [...values] },
        testAccuracy: test[q],
      })),
      accuracy: { validation: mean(validation), test: mean(test) },
      training: {
        command:
          `deno task train:classifier --data ${data} --epochs ${recipe.epochs} --seed ${seed}`,
        ...{ steps: trained.steps, batchSize: trained.batchSize, optimizer: OPTIMIZER, seed },
        ...{ backend: backend.name, device: backend.device, seconds, versions: versions() },
      },
      files: { "weights.bin": { bytes: weightsBin.length, sha256: sha256(weightsBin) } },
    });
  const none = questions.map(() => 0);
  const shipped = trained.values.map((v) => Float32Array.from(new Float16Array(v)));
  const classifier = onBackend(cardWith(none, none), shipped);
  const validation = await accuracies(classifier, await loadDataset(data, { split: "validation" }));
  const test = await accuracies(classifier, await loadDataset(data, { split: "test" }));
  classifier.dispose();
  return { card: cardWith(validation, test), weightsBin };
}

/** For each question the share of the images whose answer is right. */
async function accuracies(classifier: Classifier, dataset: Dataset): Promise<number[]> {
  const { probabilities } = await classifier.read(dataset.pixels);
  return questionsOf(dataset).map(({ values, labels }, q) => {
    const { answer } = answers(probabilities[q], values.length);
    return answer.reduce((right, a, i) => right + (a === labels[i] ? 1 : 0), 0) / dataset.count;
  });
}

const mean = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length;

if (import.meta.main) await runProgram(main);
