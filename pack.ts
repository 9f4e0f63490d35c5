/**
 * Writes dist-npm/: `<ganlet-sampler>` as an npm package with types, whose files also run as they are
 * when a site serves them itself.
 *
 *   deno task pack
 */

import { build as bundle, type BuildOptions, stop } from "esbuild";
import { entryScript } from "./routes/widget.js.ts";
import { ENGINE_SCRIPTS, WIDGET_ELEMENT } from "./routes/_build.ts";

const ROOT = import.meta.dirname!;
/** Of the package; its address on npm is not taken by ganlet yet. */
const VERSION = "0.1.0";
const ENTRY = "ganlet-sampler.js";
const TYPES = "ganlet-sampler.d.ts";

/** Writes the package into the folder `out`, which it replaces. */
export async function pack(out = `${ROOT}/dist-npm`): Promise<void> {
  await Deno.remove(out, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await Deno.mkdir(`${out}/engine`, { recursive: true });
  const options: BuildOptions = {
    absWorkingDir: ROOT,
    bundle: true,
    format: "esm",
    target: "es2022",
    minify: true,
    legalComments: "linked",
    logLevel: "silent",
  };
  await bundle({
    ...options,
    entryPoints: [{ in: WIDGET_ELEMENT, out: "element" }],
    outdir: out,
    chunkNames: "chunks/[name]-[hash]",
    splitting: true,
  });
  // Workers in one piece each: bundlers copy them as they are, under another name.
  for (const [name, source] of Object.entries(ENGINE_SCRIPTS)) {
    await bundle({ ...options, entryPoints: [source], outfile: `${out}/engine/${name}.js` });
  }
  const builds: Record<string, string> = {};
  for await (const { name } of Deno.readDir(`${ROOT}/kernels/built`)) {
    if (!/^sampler-.*\.wasm$/.test(name)) continue;
    await Deno.copyFile(`${ROOT}/kernels/built/${name}`, `${out}/engine/${name}`);
    builds[name] = `./engine/${name}`;
  }
  const engine = { builds, worker: "./engine/worker.js", thread: "./engine/thread.js" };
  const files: Record<string, string> = {
    [ENTRY]: entryScript("./element.js", engine),
    [TYPES]: await Deno.readTextFile(`${ROOT}/widget/api.ts`),
    "react.d.ts": REACT_TYPES,
    "vue.d.ts": VUE_TYPES,
    "package.json": JSON.stringify(MANIFEST, null, 2) + "\n",
    "README.md": README,
    "LICENSE": await Deno.readTextFile(`${ROOT}/LICENSE`),
  };
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${out}/${name}`, text);
  }
}

const MANIFEST = {
  name: "ganlet-sampler",
  version: VERSION,
  description: "An element that samples a generative adversarial network in the visitor's browser",
  license: "MIT",
  type: "module",
  exports: {
    ".": { types: `./${TYPES}`, default: `./${ENTRY}` },
    "./react": { types: "./react.d.ts" },
    "./vue": { types: "./vue.d.ts" },
  },
  types: `./${TYPES}`,
  sideEffects: [`./${ENTRY}`],
};

const REACT_TYPES = `import type { DetailedHTMLProps, HTMLAttributes } from "react";
import type {
  GanletBackendChoice,
  GanletSamplerAttributes,
  GanletSamplerElement,
  GanletSamplerEventMap,
} from "ganlet-sampler";

type Listeners = {
  [Type in keyof GanletSamplerEventMap as \`on\${Type}\`]?: (event: GanletSamplerEventMap[Type]) => void;
};

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "ganlet-sampler":
        & DetailedHTMLProps<HTMLAttributes<GanletSamplerElement>, GanletSamplerElement>
        & Partial<GanletSamplerAttributes>
        & Listeners
        & { backend?: GanletBackendChoice };
    }
  }
}
`;

const VUE_TYPES = `import type { DefineComponent } from "vue";
import type {
  GanletBackendChoice,
  GanletSamplerAttributes,
  GanletSamplerEventMap,
} from "ganlet-sampler";

type Listeners = {
  [Type in keyof GanletSamplerEventMap as \`on\${Capitalize<Type>}\`]?: (
    event: GanletSamplerEventMap[Type],
  ) => void;
};

declare module "vue" {
  interface GlobalComponents {
    "ganlet-sampler": DefineComponent<
      Partial<GanletSamplerAttributes> & Listeners & { backend?: GanletBackendChoice }
    >;
  }
}
`;

const README = `# ganlet-sampler

\`<ganlet-sampler>\` draws pictures from a small generative adversarial network, in the visitor's own
browser: by WebGPU, else by WebAssembly in a worker.

\`\`\`js
import "ganlet-sampler";
\`\`\`

\`\`\`html
<ganlet-sampler src="https://your.host/models/wgan-gp-mnist/" alt="Handwritten digits" controls></ganlet-sampler>
\`\`\`

\`src\` is the folder of a model: its card.json, model.json and weights.bin. Types for JSX and for Vue's
templates: \`import type {} from "ganlet-sampler/react"\`, \`"ganlet-sampler/vue"\`.

Without a bundler: copy this folder to your server and load \`ganlet-sampler.js\` as a module.

\`\`\`html
<script type="module" src="/ganlet-sampler/ganlet-sampler.js"></script>
\`\`\`

Bundlers must know \`new URL("./file", import.meta.url)\`, as Vite, webpack, Rollup and Parcel do. In
Vite's development server: \`optimizeDeps: { exclude: ["ganlet-sampler"] }\`.

Attributes, events, slots, CSS parts, and what a Content-Security-Policy must allow: the page /widget
of any ganlet site.
`;

if (import.meta.main) {
  try {
    await pack();
    console.log("Packed dist-npm/");
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exitCode = 1;
  } finally {
    await stop();
  }
}
