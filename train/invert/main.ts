import { basename, extname, join } from "node:path";
import { folderSource, loadSampler } from "../../sampler/deno.ts";
import { readFoldedLayers } from "../../sampler/read_model.ts";
import { replaceFolder } from "../atomic.ts";
import { startBackend } from "../backend.ts";
import { asksForHelp, optionRows, rowsOf, tokensOf, valuesOf, wordsOf } from "../command_line.ts";
import { shuffledOrder } from "../data/batches.ts";
import { loadDataset } from "../data/dataset.ts";
import { toUnits } from "../evaluate/classifier.ts";
import { flag, integer, option, path } from "../option_table.ts";
import { gridPng } from "../png.ts";
import { duration } from "../progress.ts";
import { computing, runProgram } from "../program.ts";
import { Refusal } from "../refusal.ts";
import { exists } from "../run_folders.ts";
import { folderOf } from "../zoo.ts";
import { differentiable, type DifferentiableGenerator } from "./differentiable.ts";
import { writeReconstruction } from "./document.ts";
import { EFFORT, invert } from "./invert.ts";
import { comparison, type Distribution, distributionOf, NEAR, ownImages } from "./measure.ts";
import { readPicture } from "./picture.ts";

const table = {
  starts: option("n", integer(1, 64), EFFORT.starts, "descents that begin"),
  steps: option("n", integer(1, 10_000), EFFORT.steps, "steps of the one that goes to the end"),
  out: option("folder", path, undefined, "where the result goes", "runs/inverted/<model>-<image>"),
  force: flag("replace what is there"),
  measure: flag("no image: measure the model's own and real ones, into docs/reconstruction.md"),
  count: option("n", integer(1, 1000), 100, "with --measure: images of each kind"),
  ...computing,
};

type Options = ReturnType<typeof valuesOf<typeof table>>;

/** `deno task invert <model> <image>`: the latent vector whose sample is nearest to an image. */
async function main(args: string[]): Promise<void> {
  const tokens = tokensOf(args, table);
  if (asksForHelp(tokens)) {
    console.log([
      "Find the latent vector whose sample is nearest to an image. See docs/reconstruction.md.",
      "",
      "  deno task invert <model> <image> [options]    a model's id in models/, or its folder",
      "  deno task invert <model> --measure",
      "",
      ...rowsOf({ Options: optionRows(table) }),
    ].join("\n"));
    return;
  }
  const options = valuesOf(tokens, table);
  const [model, image, stray] = wordsOf(tokens);
  if (model === undefined) throw new Refusal("No model is given; see --help", 2);
  const superfluous = options.measure ? image : stray;
  if (superfluous !== undefined) {
    throw new Refusal(`"${superfluous}" is one word too many; see --help`, 2);
  }
  if (!options.measure && image === undefined) {
    throw new Refusal("No image is given: deno task invert <model> <image>", 2);
  }
  const folder = await folderOf(model);
  const { card, layers } = await readFoldedLayers(folderSource(folder));
  const name = `${card.id}-${basename(image ?? "", extname(image ?? ""))}`;
  const out = options.out ?? join("runs", "inverted", name);
  if (!options.measure && !options.force && await exists(out)) {
    throw new Refusal(`${out} exists already: --force replaces it, --out names another folder`, 2);
  }
  const target = options.measure ? undefined : await readPicture(image, card.imageShape);

  const backend = await startBackend(options.backend, options.threads);
  console.log(backend.message.replace("training", "descending"));
  const generator = differentiable(layers);
  try {
    if (target) await invertOne(generator, card, { image, target, out }, options);
    else await measure(folder, generator, options);
  } finally {
    generator.dispose();
    backend.stop();
  }
}

/** Writes latent.json and picture.png, the image beside its reconstruction, into a folder. */
async function invertOne(
  generator: DifferentiableGenerator,
  { id, imageShape: [height, width, channels], files }: Card,
  { image, target, out }: { image: string; target: Float32Array; out: string },
  { starts, steps, force }: Options,
): Promise<void> {
  const [found] = await invert(generator, target, { ...EFFORT, starts, steps });
  const result = {
    ...{ model: id, weights: files["weights.bin"].sha256, image: basename(image) },
    rmse: Number(found.rmse.toFixed(4)),
    z: Array.from(found.z, (value) => Number(value.toFixed(5))),
  };
  const layout = { count: 2, height, width, channels, columns: 2, gap: 4, scale: 4 };
  const picture = gridPng(new Float32Array([...target, ...found.image]), layout);
  await replaceFolder(out, async (folder) => {
    await Deno.writeTextFile(join(folder, "latent.json"), JSON.stringify(result) + "\n");
    await Deno.writeFile(join(folder, "picture.png"), picture);
  }, { force });
  console.log(`Wrote ${out}: the nearest sample of ${id} has an RMSE of ${result.rmse}`);
}

type Card = Awaited<ReturnType<typeof readFoldedLayers>>["card"];

/** Measures a model's own images and real ones of the test split, and writes both into docs/. */
async function measure(
  folder: string,
  generator: DifferentiableGenerator,
  { count, threads, starts, steps }: Options,
): Promise<void> {
  const start = performance.now();
  const effort = { ...EFFORT, starts, steps };
  const sampler = await loadSampler(folder, { backend: "wasm", threads });
  try {
    const { id, dataset, imageShape } = sampler.card;
    const real = await realImages(dataset.id, imageShape, count);
    const made = await ownImages(sampler, count);
    const own = distributionOf(await invert(generator, made, effort, tell("its own images")));
    console.log(line("its own images", own));
    const found = await invert(generator, real, effort, tell("real images"));
    const distribution = distributionOf(found);
    console.log(line("real images", distribution));
    const seconds = Math.round((performance.now() - start) / 1000);
    await writeReconstruction(
      { id, dataset: dataset.title, own, real: distribution, seconds },
      comparison(real, found, imageShape),
    );
    console.log(`Wrote docs/reconstruction.md after ${duration(seconds)}`);
  } finally {
    sampler.dispose();
  }
}

/** Test images in random order, in [-1, 1]. Throws a Refusal where there are fewer. */
async function realImages(
  dataset: string,
  shape: readonly [number, number, number],
  count: number,
): Promise<Float32Array> {
  const data = await loadDataset(dataset, { size: shape[0], split: "test" });
  if (count > data.count) {
    throw new Refusal(`--count ${count}: there are ${data.count} test images of ${dataset}`, 2);
  }
  const size = shape.reduce((a, b) => a * b, 1);
  const images = new Float32Array(count * size);
  shuffledOrder(data.count, 1, 0).subarray(0, count).forEach((from, i) =>
    images.set(toUnits(data.pixels.subarray(from * size, (from + 1) * size)), i * size)
  );
  return images;
}

/** Says every tenth how far it is. */
function tell(what: string): (done: number) => void {
  let shown = 0;
  return (done) => {
    const tenth = Math.floor(10 * done + 1e-9);
    if (tenth > shown) console.log(`${what}: ${10 * tenth} %`);
    shown = tenth;
  };
}

const line = (what: string, { n, near, median, ninth, most }: Distribution) =>
  `${what}: ${near} of ${n} have an RMSE below ${NEAR}; median ${median}, 90 % below ${ninth}, ` +
  `largest ${most}`;

if (import.meta.main) await runProgram(main);
