import { type Directions, DIRECTIONS_SCHEMA } from "../../sampler/directions.ts";
import { folderSource, loadSampler } from "../../sampler/deno.ts";
import { readFoldedLayers, readGenerator } from "../../sampler/read_model.ts";
import { startBackend } from "../backend.ts";
import { asksForHelp, optionRows, rowsOf, tokensOf, valuesOf, wordsOf } from "../command_line.ts";
import { referenceFor } from "../evaluate/real.ts";
import { differentiable } from "../invert/differentiable.ts";
import { flag, integer, option } from "../option_table.ts";
import { duration } from "../progress.ts";
import { computing, judging, runProgram } from "../program.ts";
import { Refusal } from "../refusal.ts";
import { folderOf } from "../zoo.ts";
import { writeDocument } from "./document.ts";
import { findDirections, type Found, isPublished } from "./find.ts";
import { short } from "./linear.ts";
import { writePictures } from "./pictures.ts";
import { ganspace, type Principal, sefa } from "./principal.ts";
import { recordDirections } from "./record.ts";
import { report } from "./report.ts";

/** Principal directions of each set that are kept. */
const PRINCIPAL = 16;

const table = {
  samples: option("n", integer(2_000, 100_000), 20_000, "samples that the classifier labels"),
  seed: judging.seed,
  unsupervised: flag("the principal directions alone, which need no classifier"),
  pictures: flag("draw a strip of each direction into docs/directions, for docs/directions.md"),
  classifiers: judging.classifiers,
  ...computing,
};

type Options = ReturnType<typeof valuesOf<typeof table>>;

/** `deno task directions <model> …`: finds directions in latent space and writes directions.json beside each card. */
async function main(args: string[]): Promise<void> {
  const tokens = tokensOf(args, table);
  if (asksForHelp(tokens)) {
    console.log([
      "Find directions in a model's latent space that a person can use. See docs/directions.md.",
      "",
      "  deno task directions <model> … [options]    a model's id in models/, or its folder",
      "",
      ...rowsOf({ Options: optionRows(table) }),
    ].join("\n"));
    return;
  }
  const options = valuesOf(tokens, table);
  const folders = await Promise.all(wordsOf(tokens).map(folderOf));
  if (folders.length === 0) throw new Refusal("No model is given; see --help", 2);
  const backend = await startBackend(options.backend, options.threads);
  console.log(backend.message.replace("training", "looking for directions"));
  try {
    for (const folder of folders) await directionsOf(folder, options, backend.name);
  } finally {
    backend.stop();
  }
  if (options.pictures) await writeDocument();
}

/** Finds the directions of the model in `folder` and writes them there. */
async function directionsOf(
  folder: string,
  options: Options,
  backend: "wasm" | "webgpu",
): Promise<void> {
  const start = performance.now();
  const { plan: { steps: [first] } } = await readGenerator(folderSource(folder));
  const sampler = await loadSampler(folder, { backend, threads: options.threads });
  try {
    const { id, latentSize, files } = sampler.card;
    if (first.kind !== "dense") {
      throw new Refusal(
        `"${id}" begins with a convolution of many pixels, not of one latent vector`,
      );
    }
    const found = options.unsupervised ? [] : await supervised(folder, sampler, options);
    const directions: Directions = {
      schema: DIRECTIONS_SCHEMA,
      weights: files["weights.bin"].sha256,
      latentSize,
      seed: options.seed,
      samples: options.unsupervised ? 0 : options.samples,
      attributes: found.filter(isPublished).map(({ moves, between, ...direction }) => ({
        ...direction,
        ...(between ? { between } : {}),
        change: moves!.change,
        leak: moves!.leaks[0] ?? null,
      })),
      sefa: sefa(first, PRINCIPAL).map(written),
      ganspace: (await ganspace(first, PRINCIPAL, options.seed)).map(written),
    };
    const bytes = await recordDirections(folder, directions);
    if (options.pictures) await writePictures(sampler, directions);
    const { attributes, sefa: weights, ganspace: activations } = directions;
    console.log(
      `Wrote ${folder}/directions.json after ${duration((performance.now() - start) / 1000)}: ` +
        `${attributes.length} directions of attributes, ${weights.length} of the first layer's ` +
        `weights and ${activations.length} of its activations, ${Math.ceil(bytes / 1024)} KB`,
    );
  } finally {
    sampler.dispose();
  }
}

async function supervised(
  folder: string,
  sampler: Awaited<ReturnType<typeof loadSampler>>,
  { samples, seed, classifiers }: Options,
): Promise<Found[]> {
  const { classifier } = await referenceFor(sampler.card, classifiers).catch((error) => {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(`${error.message}; --unsupervised needs none`, 1, { cause: error });
  });
  const { layers } = await readFoldedLayers(folderSource(folder));
  const generator = differentiable(layers);
  try {
    const inputs = { samples, seed, generator };
    const { found, absent } = await findDirections(sampler, classifier, inputs);
    console.log(`${sampler.card.id}, ${samples} samples of seed ${seed}`);
    console.log(report(found, absent));
    return found;
  } finally {
    generator.dispose();
    classifier.dispose();
  }
}

const written = ({ vector, strength }: Principal): Principal => ({
  vector: short(vector),
  strength: Number(strength.toPrecision(4)),
});

if (import.meta.main) await runProgram(main);
