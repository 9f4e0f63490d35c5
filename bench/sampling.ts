/**
 * Milliseconds of one call of our sampler, at one image and at 16, beside stock tfjs
 * (`tf.loadLayersModel(…).predict()`) and onnxruntime-web, all of them on WASM with the same weights and as
 * many threads, in Deno and (unless `quick`) in Chromium. Of onnxruntime the fastest of three forms of the
 * same network counts (bench/onnx/generator.ts).
 */

import { benchPages, type PageResults } from "./sampling/pages.ts";
import type { Times } from "./sampling/rounds.ts";
import { quartiles, withSpread } from "./sampling/statistics.ts";
import { writeFixtureModel } from "../tests/sampler/fixture_model.ts";

export const MODELS = [
  { id: "64", name: "64x64x3, width 1", size: 64, channels: 3, width: 1 },
  { id: "64half", name: "64x64x3, width 0.5", size: 64, channels: 3, width: 0.5 },
  { id: "32half", name: "32x32x1, width 0.5", size: 32, channels: 1, width: 0.5 },
] as const;

/** Prints the tables and returns their figures; `vs_…` are those of one thread in Deno at 64x64x3. */
export async function benchSampling(
  { quick }: { quick: boolean },
): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  const root = await Deno.makeTempDir({ prefix: "ganlet-bench-" });
  try {
    for (const { id, size, channels, width } of MODELS.slice(0, quick ? 1 : undefined)) {
      await writeFixtureModel(`${root}/${id}`, { id, size, channels, width, latentSize: 100 });
    }
    console.log("Sampling on WASM: milliseconds a call, median (quartiles), and times as fast.");
    console.log("One thread in Deno: the process's processor time. Else: the wall's clock.");
    console.log(
      row("model", "where", "threads", "batch", [
        "ganlet",
        "onnxruntime",
        "tfjs",
        "vs ort",
        "vs tfjs",
      ]),
    );
    for (const { id, name } of MODELS.slice(0, quick ? 1 : undefined)) {
      for (const threads of quick ? [1] : [1, 2]) {
        const byBatch = await measure(`${root}/${id}`, threads, quick ? 6 : 12);
        report(name, `deno${id}`, "Deno", threads, byBatch, figures);
      }
    }
    figures.vs_ort_b1 = figures.deno64_threads1_batch1_vs_ort;
    figures.vs_ort_b16 = figures.deno64_threads1_batch16_vs_ort;
    figures.vs_tfjs_b1 = figures.deno64_threads1_batch1_vs_tfjs;
    if (!quick) reportPages(await benchPages(root, MODELS.map(({ id }) => id)), figures);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
  return figures;
}

function reportPages({ times, starts, drags }: PageResults, figures: Record<string, number>): void {
  const nameOf = (id: string) => MODELS.find((model) => model.id === id)!.name;
  for (const { model, threads, byBatch } of times) {
    report(nameOf(model), `chromium${model}`, "Chromium", threads, byBatch, figures);
  }
  console.log(
    "\nFirst visit in Chromium, 10 Mbit/s and 40 ms: seconds to the first sample, and kB by part",
  );
  for (const [model, { milliseconds, bytes }] of Object.entries(starts)) {
    const parts = Object.entries(bytes).map(([part, n]) => `${part} ${(n / 1000).toFixed(1)}`);
    const sum = Object.values(bytes).reduce((a, b) => a + b, 0);
    const transfer = sum / (10e6 / 8);
    const seconds = milliseconds / 1000;
    console.log(
      `${nameOf(model).padEnd(20)}${seconds.toFixed(2)} s, ${
        (seconds - transfer).toFixed(2)
      } s more than the bytes take  ${parts.join(", ")}`,
    );
    figures[`start${model}_seconds`] = seconds;
    figures[`start${model}_seconds_beside_transfer`] = seconds - transfer;
    figures[`start${model}_bytes_beside_weights`] = sum - bytes.weights;
  }
  console.log("\nA slider dragged for two seconds: tasks of the page's main thread, its own time");
  for (const [model, { frames, drawn, longestTask, tasksAbove16 }] of Object.entries(drags)) {
    console.log(
      `${nameOf(model).padEnd(20)}${drawn} of ${frames} drawn, longest ${
        longestTask.toFixed(1)
      } ms, ${tasksAbove16} above 16 ms`,
    );
    figures[`drag${model}_longest_task_ms`] = longestTask;
    figures[`drag${model}_tasks_above_16ms`] = tasksAbove16;
  }
}

async function measure(
  folder: string,
  threads: number,
  seconds: number,
): Promise<Record<string, Times>> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "bench/sampling/deno.ts", folder, String(threads), String(seconds)],
    cwd: new URL("../", import.meta.url),
  }).output();
  const text = new TextDecoder();
  if (!success) throw new Error(text.decode(stderr));
  return JSON.parse(text.decode(stdout).trim().split("\n").at(-1)!);
}

function report(
  model: string,
  key: string,
  where: string,
  threads: number,
  byBatch: Record<string, Times>,
  figures: Record<string, number>,
): void {
  for (const [batch, times] of Object.entries(byBatch)) {
    const measured = (name: string) => times[name].map((ms) => ms ?? NaN);
    const forms = Object.keys(times).filter((name) => name.startsWith("onnxruntime"));
    const median = (name: string) => quartiles(measured(name).filter(Number.isFinite)).median;
    const best = forms.reduce((a, b) => median(a) <= median(b) ? a : b);
    const ours = measured("ganlet");
    const ratio = (name: string) =>
      quartiles(measured(name).map((ms, i) => ms / ours[i]).filter(Number.isFinite));
    const spread = ["ganlet", best, "tfjs"].map((name) =>
      withSpread(quartiles(measured(name).filter(Number.isFinite)))
    );
    const ratios = [ratio(best), ratio("tfjs")];
    console.log(
      row(model, where, String(threads), batch, [...spread, ...ratios.map(withSpread)]) +
        `  ${best}`,
    );
    const name = `${key}_threads${threads}_batch${batch}`;
    figures[`${name}_ms`] = median("ganlet");
    for (const form of forms) figures[`${name}_${form.replace(" ", "_")}_ms`] = median(form);
    figures[`${name}_tfjs_ms`] = median("tfjs");
    [figures[`${name}_vs_ort`], figures[`${name}_vs_tfjs`]] = ratios.map((r) => r.median);
  }
}

function row(
  model: string,
  where: string,
  threads: string,
  batch: string,
  cells: string[],
): string {
  const head = [model.padEnd(20), where.padEnd(10), threads.padStart(7), batch.padStart(6)];
  return [...head, ...cells.map((cell) => cell.padStart(20))].join("");
}
