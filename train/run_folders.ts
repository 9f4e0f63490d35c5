import { basename, join } from "node:path";
import { writeAtomically } from "./atomic.ts";
import { checkpointFiles } from "./checkpoint.ts";
import { folderSlug } from "./data/folder_name.ts";
import type { TrainOptions } from "./options.ts";
import { Refusal } from "./refusal.ts";
import { reasonOf } from "./system_error.ts";

/** Where a run writes, and what the user should be told about it. */
export interface RunFolders {
  /** The model's id, for instance `wgan-gp-mnist-2`: the last part of `out`. */
  readonly id: string;
  readonly out: string;
  readonly checkpoints: string;
  readonly messages: readonly string[];
}

type Request = Pick<
  TrainOptions,
  "objective" | "data" | "out" | "force" | "checkpoints" | "resume"
>;

/**
 * Chooses a run's folders before it starts, so that hours later nothing is in the way.
 *
 * Without `out` the model is `models/<objective>-<data>`, or the next free one of `…-2`, `…-3` where a
 * model or an earlier run's checkpoints have that name; a folder of images goes by its own name in
 * lower-case words. With `resume` it is the highest numbered run of that name that has a checkpoint.
 * `base` is the folder of `models/` and `runs/`.
 *
 * Throws a Refusal (exit code 2) when `out` exists, or when a new run would mix its checkpoints with
 * another's; `force` allows both.
 */
export async function chooseFolders(request: Request, base = ""): Promise<RunFolders> {
  const { out, checkpoints, force, resume } = request;
  const [models, runs] = [join(base, "models"), join(base, "runs")];
  const name = `${request.objective}-${folderSlug(request.data)}`; // a data set's name stays as it is
  const messages: string[] = [];

  let id = name;
  if (out !== undefined) id = basename(out);
  else if (resume && checkpoints === undefined) id = await lastRun(runs, name);
  else if (!force) {
    id = await nextFree(name, async (id) => {
      if (await exists(join(models, id))) return `${join(models, id)} exists already`;
      const run = join(runs, id);
      if (checkpoints !== undefined || !await hasCheckpoints(run)) return undefined;
      return `${run} holds an earlier run, which --resume goes on with`;
    }, messages);
  }

  const folders = {
    id,
    out: out ?? join(models, id),
    checkpoints: checkpoints ?? join(runs, id),
    messages,
  };
  if (force) return folders;
  if (await exists(folders.out)) {
    throw new Refusal(
      `${folders.out} exists already: --force replaces it, --out names another folder`,
      2,
    );
  }
  if (!resume && await hasCheckpoints(folders.checkpoints)) {
    throw new Refusal(
      `${folders.checkpoints} holds another run's checkpoints: --resume goes on from them, ` +
        "--force starts anew in their place, --checkpoints names another folder",
      2,
    );
  }
  return folders;
}

async function nextFree(
  name: string,
  taken: (id: string) => Promise<string | undefined>,
  messages: string[],
): Promise<string> {
  const reasons: string[] = [];
  for (let number = 1;; number++) {
    const id = number === 1 ? name : `${name}-${number}`;
    const reason = await taken(id);
    if (reason === undefined) {
      if (reasons.length > 0) messages.push(`This run is ${id}: ${reasons.join("; ")}`);
      return id;
    }
    reasons.push(reason);
  }
}

async function lastRun(runs: string, name: string): Promise<string> {
  let last = { id: name, number: 0 };
  if (!await exists(runs)) return name;
  for await (const { name: id } of Deno.readDir(runs)) {
    if (id !== name && !id.startsWith(`${name}-`)) continue;
    const number = id === name ? 1 : Number(id.slice(name.length + 1));
    const isNewer = Number.isInteger(number) && number > last.number;
    if (isNewer && await hasCheckpoints(join(runs, id))) last = { id, number };
  }
  return last.id;
}

/** Hours of training must not end at a folder that cannot be written. */
export async function refuseUnwritable(folder: string): Promise<void> {
  const probe = join(folder, `.writable-${crypto.randomUUID()}`); // another run may be asking, too
  await writeAtomically(probe, new Uint8Array());
  await Deno.remove(probe);
}

export async function hasCheckpoints(folder: string): Promise<boolean> {
  return (await checkpointFiles(folder)).length > 0;
}

export async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw new Refusal(`Cannot look at ${path}: ${reasonOf(error)}`, 1, { cause: error });
  }
}
