/**
 * The bench's part in Chromium: writes what its pages need, and runs bench/browser/main.ts, which has a config
 * of its own for the browser's driver.
 */

import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { build, stop } from "esbuild";
import { loadStock } from "../../tests/sampler/stock_loader.ts";
import { FORMS } from "../onnx/forms.ts";
import { foldedLayers, generatorFile } from "../onnx/generator.ts";
import { runtimeFolder } from "../onnx/runtime.ts";
import type { Times } from "./rounds.ts";

const ROOT = new URL("../../", import.meta.url);

/** A first visit to a model's page, over 10 Mbit/s and 40 ms. */
export interface Start {
  /** From navigation to the first drawn sample. */
  milliseconds: number;
  /** As sent, headers among them. */
  bytes: Record<"page" | "styles" | "scripts" | "wasm" | "weights" | "other", number>;
}

/** The main thread while a slider is dragged, in milliseconds of its own time. */
export interface Drag {
  frames: number;
  drawn: number;
  longestTask: number;
  tasksAbove16: number;
}

export interface PageResults {
  times: { model: string; threads: number; byBatch: Record<string, Times> }[];
  starts: Record<string, Start>;
  drags: Record<string, Drag>;
}

/** Measures the models in the folders `<root>/<id>`. */
export async function benchPages(root: string, ids: readonly string[]): Promise<PageResults> {
  const site = `${root}/page`;
  await build({
    absWorkingDir: ROOT.pathname,
    entryPoints: {
      page: "bench/sampling/page.ts",
      worker: "sampler/wasm/worker.ts",
      thread: "kernels/pool_worker.ts",
    },
    outdir: site,
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    target: "es2022",
  });
  await stop();
  const copies: [from: URL, to: string, name: RegExp][] = [
    [new URL("kernels/built/", ROOT), "", /^sampler-.*\.wasm$/],
    [new URL("node_modules/@tensorflow/tfjs-backend-wasm/wasm-out/", ROOT), "tfjs/", /\.wasm$/],
    [
      await runtimeFolder(),
      "ort/",
      /^ort(\.wasm\.bundle\.min\.mjs|-wasm-simd-threaded\.(mjs|wasm))$/,
    ],
  ];
  for (const [from, to, wanted] of copies) {
    await Deno.mkdir(`${site}/${to}`, { recursive: true });
    for await (const { name } of Deno.readDir(from)) {
      if (wanted.test(name)) await Deno.copyFile(new URL(name, from), `${site}/${to}${name}`);
    }
  }
  await tf.setBackend("cpu");
  for (const id of ids) {
    const model = await loadStock(`${root}/${id}`);
    const layers = foldedLayers(model);
    for (const form of FORMS) {
      await Deno.mkdir(`${site}/models/${id}`, { recursive: true });
      await Deno.writeFile(`${site}/models/${id}/${form}.onnx`, generatorFile(layers, form));
    }
    for await (const { name } of Deno.readDir(`${root}/${id}`)) {
      await Deno.copyFile(`${root}/${id}/${name}`, `${site}/models/${id}/${name}`);
    }
    model.dispose();
  }
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "main.ts", site, ...ids],
    cwd: new URL("bench/browser/", ROOT),
  }).output();
  const text = new TextDecoder();
  if (!success) throw new Error(text.decode(stderr));
  return JSON.parse(text.decode(stdout).trim().split("\n").at(-1)!);
}
