import { loadSampler } from "../../sampler/deno.ts";
import { startBackend } from "../backend.ts";
import { asksForHelp, optionRows, rowsOf, tokensOf, valuesOf, wordsOf } from "../command_line.ts";
import { flag, integer, oneOf, option, text } from "../option_table.ts";
import { computing, judging, runProgram } from "../program.ts";
import { Refusal } from "../refusal.ts";
import { folderOf } from "../zoo.ts";
import { shortfallOf } from "./bar.ts";
import { evaluate, type Evaluation, type RealSide, realSide } from "./evaluate.ts";
import { type Reference, referenceFor } from "./real.ts";
import { record } from "./record.ts";
import { refuseOtherRuns, repeatOf } from "./repeats.ts";
import { report } from "./report.ts";

const MOST_IMAGES = 10_000; // of a validation or test split

const table = {
  n: option("images", integer(1, MOST_IMAGES), MOST_IMAGES, "samples, and real images, to compare"),
  seed: judging.seed,
  split: option("name", oneOf(["test", "validation"]), "test", "the real images"),
  json: flag("print the metrics as JSON, one model a line"),
  write: flag("write the metrics into the models' cards, and pictures beside them"),
  repeats: flag(
    "with --write: the models behind the first are its run with other seeds; for its card",
  ),
  reason: option(
    "text",
    text,
    undefined,
    "with --write: why the model stays below the bar",
    "none",
  ),
  classifiers: judging.classifiers,
  ...computing,
};

/** `deno task evaluate <model>…`: measures generators as they are shipped. */
async function main(args: string[]): Promise<void> {
  const tokens = tokensOf(args, table);
  if (asksForHelp(tokens)) {
    console.log([
      "Measure models against their data set's test images. See docs/evaluation.md.",
      "",
      "  deno task evaluate <model> … [options]    a model's id in models/, or its folder",
      "",
      ...rowsOf({ Options: optionRows(table) }),
    ].join("\n"));
    return;
  }
  const options = valuesOf(tokens, table);
  const folders = await Promise.all(wordsOf(tokens).map(folderOf));
  if (folders.length === 0) throw new Refusal("No model is given; see --help", 2);
  if (options.write && options.split !== "test") {
    throw new Refusal(
      "--write: a card's metrics are those of the test images; leave out --split",
      2,
    );
  }

  if (options.repeats) await refuseOtherRuns(folders);

  const backend = await startBackend(options.backend, options.threads);
  if (!options.json) console.log(backend.message.replace("training", "evaluating"));
  const evaluations: Evaluation[] = [];
  const sides = new Map<string, { reference: Reference; side: RealSide }>();
  try {
    for (const folder of folders) {
      const sampler = await loadSampler(folder, { backend: backend.name });
      try {
        const { id, dataset, imageShape } = sampler.card;
        const key = `${dataset.id} ${imageShape}`;
        let judge = sides.get(key);
        if (!judge) {
          const reference = await referenceFor(sampler.card, options.classifiers);
          sides.set(key, judge = { reference, side: await realSide(reference, options) });
        }
        const found = await evaluate(sampler, judge.reference, judge.side, options.seed);
        evaluations.push(found);
        if (options.write && !options.repeats) {
          await record(folder, found, { reason: options.reason });
        }
        const shortfall = shortfallOf(found.metrics);
        console.log(
          options.json
            ? JSON.stringify({ id, split: found.split, ...found.metrics, shortfall })
            : report(id, found, judge.reference.classifier.card),
        );
      } finally {
        sampler.dispose();
      }
    }
    if (options.write && options.repeats) {
      const [own, ...others] = evaluations;
      const repeats = await Promise.all(others.map((found, i) => repeatOf(folders[i + 1], found)));
      await record(folders[0], own, { reason: options.reason, repeats });
    }
  } finally {
    backend.stop();
  }
}

if (import.meta.main) await runProgram(main);
