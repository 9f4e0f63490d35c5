/** A zoo and a build to test the site with, in temporary folders that go away by `using`. */

import { Build, BUILD_SCHEMA, type Manifest } from "../../routes/_build.ts";
import { createSite } from "../../routes/site.ts";

export const WEIGHTS = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);

export class TemporaryFolder implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "ganlet-site-" });

  write(name: string, content: string | Uint8Array): void {
    const path = `${this.path}/${name}`;
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    Deno.writeFileSync(path, typeof content === "string" ? encode(content) : content);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

/** A site with the models that a test puts into it. */
export class TemporarySite extends TemporaryFolder {
  readonly models = `${this.path}/models`;

  constructor() {
    super();
    Deno.mkdirSync(this.models);
    writeBuild(this);
  }

  /** Adds a model with all its files; `changes` go over its card. */
  addModel(id: string, changes: Record<string, unknown> = {}): void {
    this.write(`models/${id}/card.json`, JSON.stringify({ ...exampleCard(id), ...changes }));
    this.write(`models/${id}/model.json`, "{}");
    this.write(`models/${id}/weights.bin`, WEIGHTS);
    this.write(`models/${id}/poster.png`, "no picture, but bytes");
    this.write(`models/${id}/history.json`, JSON.stringify(exampleHistory()));
    this.write(`models/${id}/timeline/step-000100.png`, "a preview");
  }

  get app() {
    return createSite({ build: Build.read(`${this.path}/dist`), models: this.models });
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return Promise.resolve(this.app.request(path, { headers }));
  }

  async html(path: string): Promise<string> {
    return await (await this.get(path)).text();
  }
}

export function exampleCard(id: string) {
  return {
    schema: 1,
    id,
    title: `The model ${id}`,
    objective: "wgan-gp",
    paper: { title: "Improved Training of Wasserstein GANs", arxiv: "1704.00028" },
    dataset: {
      id: "mnist",
      title: "MNIST",
      licence: "CC BY-SA 3.0",
      url: "https://example.org/mnist",
      images: 60_000,
    },
    imageShape: [32, 32, 1],
    latentSize: 25,
    training: {
      recipe: "default",
      command: "deno task train:wgan-gp",
      generatorSteps: 3000,
      savedStep: 2800,
      criticSteps: 5,
      batchSize: 64,
      optimizer: "Adam 1e-4, beta 0 and 0.9",
      seed: 1,
      backend: "wasm",
      device: "2 threads",
      seconds: 4320,
      versions: { deno: "2.9.6", tfjs: "4.22.0" },
    },
    metrics: null,
    files: Object.fromEntries(
      ["model.json", "weights.bin", "poster.png", "history.json", "timeline/step-000100.png"]
        .map((name) => [name, { bytes: 1000, sha256: "ab".repeat(32) }]),
    ),
  };
}

export function exampleHistory() {
  const steps = [50, 100, 150].map((step) => ({
    step,
    criticLoss: -400 / step,
    generatorLoss: 100 / step,
    penalty: 0.1,
    seconds: step / 2,
    imagesPerSecond: 128,
  }));
  return { schema: 1, steps, timeline: [{ step: 100, file: "timeline/step-000100.png" }] };
}

/** A build as build.ts writes it, with next to nothing in its files. */
function writeBuild(site: TemporaryFolder): void {
  const manifest: Manifest = {
    schema: BUILD_SCHEMA,
    inputs: "",
    assets: {
      "static/styles.css": "styles-AAAAAAAA.css",
      "static/icon.svg": "icon-AAAAAAAA.svg",
      "static/embed.css": "embed-AAAAAAAA.css",
      "static/manual.css": "manual-AAAAAAAA.css",
      "sampler-relaxed.wasm": "sampler-relaxed-AAAAAAAA.wasm",
      "sampler/wasm/worker.ts": "worker-AAAAAAAA.js",
      "kernels/pool_worker.ts": "pool_worker-AAAAAAAA.js",
    },
    scripts: {
      "islands/Explorer.tsx": ["Explorer-AAAAAAAA.js", "chunk-BBBBBBBB.js"],
      "islands/LivingSample.tsx": ["LivingSample-AAAAAAAA.js"],
      "islands/OwnModel.tsx": ["OwnModel-AAAAAAAA.js", "chunk-BBBBBBBB.js"],
      "islands/Compare.tsx": ["Compare-AAAAAAAA.js", "chunk-BBBBBBBB.js"],
      "islands/Snippet.tsx": ["Snippet-AAAAAAAA.js", "chunk-BBBBBBBB.js"],
      "sampler/mod.ts": ["mod-AAAAAAAA.js", "chunk-BBBBBBBB.js"],
      "sampler/wasm/worker.ts": ["worker-AAAAAAAA.js"],
      "kernels/pool_worker.ts": ["pool_worker-AAAAAAAA.js"],
      "islands/WidgetExamples.tsx": ["WidgetExamples-AAAAAAAA.js", "chunk-BBBBBBBB.js"],
      "widget/define.ts": ["widget-AAAAAAAA.js"],
    },
    files: {
      "styles-AAAAAAAA.css": ["gzip", "br"],
      "icon-AAAAAAAA.svg": [],
      "sampler-relaxed-AAAAAAAA.wasm": ["gzip"],
    },
  };
  site.write("dist/manifest.json", JSON.stringify(manifest));
  for (const [name, encodings] of Object.entries(manifest.files)) {
    site.write(`dist/assets/${name}`, `plain ${name}`);
    if (encodings.includes("gzip")) site.write(`dist/assets/${name}.gz`, `gzip ${name}`);
    if (encodings.includes("br")) site.write(`dist/assets/${name}.br`, `br ${name}`);
  }
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
