/** The page that tests/browser/sampler_test.ts drives: what it calls is on `globalThis`. */

import { latent } from "../../sampler/latent.ts";
import { loadSampler, ModelError } from "../../sampler/mod.ts";
import type { PageFunctions } from "./page_functions.ts";

const BUILDS = ["relaxed", "plain"].flatMap((simd) => [
  `sampler-${simd}.wasm`,
  `sampler-${simd}-shared.wasm`,
]);

const functions: PageFunctions = {
  async sampleModel(model, backend, wasmFolder = "/wasm/") {
    try {
      let progress = 0;
      const z = new Float32Array(await (await fetch(`${model}/z.bin`)).arrayBuffer());
      const sampler = await loadSampler(model, {
        backend,
        wasmFiles: {
          builds: Object.fromEntries(BUILDS.map((name) => [name, wasmFolder + name])),
          worker: "/wasm/worker.js",
          thread: "/wasm/thread.js",
        },
        onProgress: (fraction) => progress = fraction,
      });
      const { latentSize } = sampler.card;
      const images = await sampler.images(z, z.length / latentSize);
      const canvas = document.body.appendChild(document.createElement("canvas"));
      await sampler.draw(canvas, z.subarray(0, latentSize));
      sampler.dispose();
      const { backend: name, threads, message } = sampler;
      return { backend: name, threads, message, progress, images: [...images] };
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      return { error: error.message, type: error.type };
    }
  },
  latentBits: (seed, size) => [...new Uint32Array(latent(seed, size).buffer)],
};

Object.assign(globalThis, functions);
