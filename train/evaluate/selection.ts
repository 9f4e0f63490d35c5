import { join } from "node:path";
import { loadSampler } from "../../sampler/deno.ts";
import type { BackendName } from "../../sampler/backend.ts";
import { ModelError } from "../../sampler/model_error.ts";
import type { ModelSource } from "../../sampler/source.ts";
import { replaceFolder } from "../atomic.ts";
import type { History, HistoryEvaluation } from "../history.ts";
import { cardOf, type GeneratorFiles, type RunFacts } from "../model_folder.ts";
import type { NetworkShape } from "../networks.ts";
import type { RunPlan } from "../run_plan.ts";
import { STREAM } from "../streams.ts";
import type { Done } from "../subject.ts";
import { frechetOf } from "./measures.ts";
import { randomSamples } from "./samples.ts";

const MOST_IMAGES = 10_000;
const FOLDER = /^best-(\d{8})$/;

/** Keeps the best model that a run has made: the one with the lowest Fréchet distance to the validation images. */
export interface Selection {
  isDue(step: number): boolean;
  /**
   * Evaluates a generator as its files have it, through `sampler/`, and records it in the history; says what was found.
   * Does nothing for a step that is recorded already.
   */
  consider(
    files: GeneratorFiles,
    facts: RunFacts,
    history: History,
    done: Done,
  ): Promise<string | undefined>;
  /** The best model of those in the history. */
  best(history: History): Promise<{ step: number; files: GeneratorFiles }>;
}

/**
 * The selection that a plan asks for; undefined where it asks for none. The best model so far lies in the run's folder and
 * goes by its step, so that a resumed run, whose history may be older than that folder, finds the one that it knows of.
 */
export async function startSelection(
  { evaluateEvery, reference, checkpoints, seed }: RunPlan,
  shape: NetworkShape,
  backend: BackendName,
): Promise<Selection | undefined> {
  if (evaluateEvery === undefined || !reference) return undefined;
  const validation = await reference.images("validation");
  const n = Math.min(MOST_IMAGES, validation.reading.count);
  const folderOf = (step: number) => join(checkpoints, `best-${String(step).padStart(8, "0")}`);
  return {
    isDue: (step) => step % evaluateEvery === 0,
    async consider(files, facts, history, { step, ...spent }) {
      if (history.evaluations.some((entry) => entry.step === step)) return;
      const sampler = await loadSampler(sourceOf(files, facts, shape), { backend });
      const pixels = await randomSamples(sampler, n, seed, STREAM.selection)
        .finally(() => sampler.dispose());
      const frechet = frechetOf(await reference.classifier.read(pixels), validation);
      const former = bestOf(history.evaluations);
      history.evaluations.push({ step, frechet, n, ...spent });
      const isBest = bestOf(history.evaluations)!.step === step;
      if (isBest) {
        await Deno.mkdir(checkpoints, { recursive: true });
        await removeOthers(checkpoints, former?.step);
        await replaceFolder(folderOf(step), async (folder) => {
          for (const [name, bytes] of files) await Deno.writeFile(join(folder, name), bytes);
        }, { force: true });
      }
      return `step ${step}: Fréchet distance ${frechet.toPrecision(4)} to validation images` +
        (isBest
          ? ", the best so far"
          : `; the best is ${former!.frechet.toPrecision(4)}, at step ${former!.step}`);
    },
    async best(history) {
      const { step } = bestOf(history.evaluations)!;
      const names = ["model.json", "weights.bin", "poster.png"];
      const files = await Promise.all(
        names.map(async (name) => [name, await Deno.readFile(join(folderOf(step), name))] as const),
      );
      return { step, files: new Map(files) };
    },
  };
}

/** The evaluation with the lowest distance, the first of equal ones. */
function bestOf(evaluations: readonly HistoryEvaluation[]): HistoryEvaluation | undefined {
  return evaluations.reduce<HistoryEvaluation | undefined>(
    (best, entry) => best && best.frechet <= entry.frechet ? best : entry,
    undefined,
  );
}

/** Removes the models that were the best once, all but that of step `kept`: a checkpoint may still speak of it. */
async function removeOthers(checkpoints: string, kept: number | undefined): Promise<void> {
  for await (const { name } of Deno.readDir(checkpoints)) {
    const step = name.match(FOLDER)?.[1];
    if (step === undefined || Number(step) === kept) continue;
    await Deno.remove(join(checkpoints, name), { recursive: true });
  }
}

/** A generator's files in memory as the sampler reads a model's folder. */
function sourceOf(files: GeneratorFiles, facts: RunFacts, shape: NetworkShape): ModelSource {
  const where = (path: string) => `${facts.id}/${path}`;
  const card = JSON.stringify(cardOf(facts, shape, files, where("card.json")));
  return {
    where,
    read(path) {
      const bytes = path === "card.json" ? new TextEncoder().encode(card) : files.get(path);
      if (bytes) return Promise.resolve(new Uint8Array(bytes));
      return Promise.reject(new ModelError("missing", `${where(path)}: no such file`));
    },
  };
}
