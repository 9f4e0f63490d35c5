import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseCard } from "../sampler/card.ts";
import { datasetNames } from "./data/dataset.ts";
import { folderSlug } from "./data/folder_name.ts";
import { OBJECTIVES } from "./objectives/mod.ts";
import { parseTrainOptions } from "./options.ts";
import { duration } from "./progress.ts";
import { Refusal } from "./refusal.ts";
import { exists, hasCheckpoints } from "./run_folders.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const main = fileURLToPath(new URL("main.ts", import.meta.url));
const USAGE = `Train every objective, one after the other, with the same options.

  deno task train:all [options]

The options are those of deno task train, each objective's run in a process of its own. One that fails
does not stop the others. --budget-minutes gives each the same time. --out and --checkpoints name the
folders that hold the objectives' own. With --resume, what is finished is left alone, what was
interrupted goes on, and the rest is begun.`;

/** How one objective's run ended. */
interface Result {
  readonly name: string;
  readonly outcome: "trained" | "was there" | "stopped" | "failed";
  readonly model: string;
}

/** `deno task train:all`. Returns the exit code: 1 when a run failed, 130 after Ctrl-C. */
async function trainAll(args: string[]): Promise<number> {
  if (args.includes("--help")) {
    console.log(USAGE);
    return 0;
  }
  // Any objective's name will do: what is read and refused here is the options that all share.
  const options = parseTrainOptions([OBJECTIVES[0].name, ...args], {
    objectives: OBJECTIVES.map(({ name, title, recipes }) => ({
      ...{ name, title },
      recipes: Object.keys(recipes),
    })),
    datasets: datasetNames,
  });
  if ("help" in options) return 0;
  const shared = without(args, ["--out", "--checkpoints"], ["--resume"]);
  const models = options.out ?? join(root, "models");
  const runs = options.checkpoints ?? join(root, "runs");
  const places = OBJECTIVES.map(({ name }) => {
    const id = `${name}-${folderSlug(options.data)}`;
    return { name, model: join(models, id), run: join(runs, id) };
  });
  await refuseToReplace(places, options);

  let child: Deno.ChildProcess | undefined;
  let stopping = false;
  const onInterrupt = () => {
    stopping = true;
    try {
      child?.kill("SIGINT");
    } catch { /* it has just ended */ }
  };
  Deno.addSignalListener("SIGINT", onInterrupt);
  const results: Result[] = [];
  for (const { name, model, run } of places) {
    if (stopping) break;
    if (options.resume && await exists(join(model, "card.json"))) {
      results.push({ name, outcome: "was there", model });
      continue;
    }
    console.log(`\n${name}`);
    const resume = options.resume && await hasCheckpoints(run) ? ["--resume"] : [];
    child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", main, name, ...shared, "--out", model, "--checkpoints", run, ...resume],
      stdin: "null",
    }).spawn();
    const { code } = await child.status;
    child = undefined;
    results.push({
      name,
      outcome: code === 0 ? "trained" : code === 130 ? "stopped" : "failed",
      model,
    });
    if (code === 130) break;
  }
  Deno.removeSignalListener("SIGINT", onInterrupt);
  console.log(`\n${await tableOf(results)}`);
  if (results.some(({ outcome }) => outcome === "stopped") || stopping) return 130;
  return results.some(({ outcome }) => outcome === "failed") ? 1 : 0;
}

async function refuseToReplace(
  places: readonly { model: string; run: string }[],
  { resume, force }: { resume: boolean; force: boolean },
): Promise<void> {
  if (resume || force) return;
  for (const { model, run } of places) {
    const inTheWay = await exists(model) ? model : await hasCheckpoints(run) ? run : undefined;
    if (inTheWay === undefined) continue;
    throw new Refusal(
      `${inTheWay} exists already: --resume goes on with what is not finished, --force replaces all, ` +
        "--out and --checkpoints name other folders",
      2,
    );
  }
}

/** The runs side by side; figures are those of the models' cards and histories. */
async function tableOf(results: readonly Result[]): Promise<string> {
  const rows = await Promise.all(results.map(async ({ name, outcome, model }) => {
    if (outcome === "failed" || outcome === "stopped") return [name, outcome, "", "", ""];
    const read = async (file: string) => JSON.parse(await Deno.readTextFile(join(model, file)));
    const { training } = parseCard(await read("card.json"), model);
    const steps = training.generatorSteps;
    const pace = steps > 0 ? `${(1000 * training.seconds / steps).toFixed(0)} ms` : "";
    return [name, outcome, String(steps), duration(training.seconds), pace];
  }));
  const cells = [["objective", "", "steps", "time", "a step"], ...rows];
  const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  return cells.map((row) =>
    row.map((cell, column) =>
      column < 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])
    ).join("  ").trimEnd()
  ).join("\n");
}

/** `args` without these options and their values, and without these switches. */
function without(args: readonly string[], options: string[], switches: string[]): string[] {
  return args.filter((arg, i) =>
    !switches.includes(arg) && !options.includes(arg) && !options.includes(args[i - 1]) &&
    !options.some((option) => arg.startsWith(`${option}=`))
  );
}

if (import.meta.main) {
  try {
    Deno.exit(await trainAll(Deno.args));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    console.error(error.message);
    Deno.exit(error.exitCode);
  }
}
