/** One run of `deno task modes`, a process of its own: objective, data, seed, steps and the file of the result. */
import { startBackend } from "../backend.ts";
import { writeAtomically } from "../atomic.ts";
import { OBJECTIVES } from "../objectives/mod.ts";
import { pointsNamed } from "../toys/points.ts";
import { trainAndMeasure } from "./one_run.ts";

const [name, data, seed, steps, file] = Deno.args;
const objective = OBJECTIVES.find((objective) => objective.name === name)!;
const backend = await startBackend("wasm", 1);
const result = await trainAndMeasure(pointsNamed(data)!, objective, {
  seed: Number(seed),
  steps: Number(steps),
});
await writeAtomically(file, new TextEncoder().encode(JSON.stringify(result)));
backend.stop();
