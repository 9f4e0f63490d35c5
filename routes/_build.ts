/** What `deno task build` left in dist/, held in memory: nothing is read from it while serving. */

import * as v from "valibot";
import { StartError } from "./_start_error.ts";

/** The manifest's format; build.ts writes it. */
export const BUILD_SCHEMA = 1;

const Manifest = v.object({
  schema: v.literal(BUILD_SCHEMA),
  /** Hash of everything the build was made from. */
  inputs: v.string(),
  /** Hashed file names in dist/assets/ by source path ("static/styles.css", "islands/Explorer.tsx"). */
  assets: v.record(v.string(), v.string()),
  /** By source path of a script: the hashed names of the chunks that it imports at once, itself first. */
  scripts: v.record(v.string(), v.array(v.string())),
  /** Every file in dist/assets/, with the encodings that lie beside it. */
  files: v.record(v.string(), v.array(v.picklist(["gzip", "br"]))),
});

export type Manifest = v.InferOutput<typeof Manifest>;
export type Encoding = "gzip" | "br";
export const ENCODING_ENDINGS: Record<Encoding, string> = { gzip: ".gz", br: ".br" };

/** The scripts of the engine's workers, by source. */
export const ENGINE_SCRIPTS = {
  worker: "sampler/wasm/worker.ts",
  thread: "kernels/pool_worker.ts",
};

/** What /widget.js imports (routes/widget.js.ts). */
export const WIDGET_ELEMENT = "widget/define.ts";

/** As the sampler's `EngineFiles` (sampler/wasm/files.ts). */
export interface EngineFiles {
  builds: Record<string, string>;
  worker: string;
  thread: string;
}

export interface Asset {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly encoded: Partial<Record<Encoding, Uint8Array<ArrayBuffer>>>;
}

export class Build {
  private constructor(
    readonly manifest: Manifest,
    readonly files: ReadonlyMap<string, Asset>,
  ) {}

  /** Reads the build in the folder `dist`. Throws a StartError when there is none, or a damaged one. */
  static read(dist: string): Build {
    const manifest = readManifest(`${dist}/manifest.json`);
    const files = new Map<string, Asset>();
    for (const [name, encodings] of Object.entries(manifest.files)) {
      const path = `${dist}/assets/${name}`;
      try {
        files.set(name, {
          bytes: Deno.readFileSync(path),
          encoded: Object.fromEntries(
            encodings.map((e) => [e, Deno.readFileSync(path + ENCODING_ENDINGS[e])]),
          ),
        });
      } catch (cause) {
        throw new StartError(
          `The build is damaged, ${path} cannot be read (${reason(cause)}): run deno task build`,
          1,
          { cause },
        );
      }
    }
    return new Build(manifest, files);
  }

  /** The URL of a source that the build serves: `build.url("static/styles.css")`. */
  url(source: string): string {
    const name = this.manifest.assets[source];
    if (name === undefined) throw new Error(`The build holds no ${source}`);
    return `/assets/${name}`;
  }

  /** The URLs of what the sampler's WASM engine consists of. */
  engineFiles(): EngineFiles {
    const names = Object.keys(this.manifest.assets).filter((name) => name.endsWith(".wasm"));
    return {
      builds: Object.fromEntries(names.map((name) => [name, this.url(name)])),
      worker: this.url(ENGINE_SCRIPTS.worker),
      thread: this.url(ENGINE_SCRIPTS.thread),
    };
  }

  /** The URLs of everything that `source` needs to run, itself first, lazy parts left out. */
  scriptUrls(source: string): string[] {
    const names = this.manifest.scripts[source];
    if (names === undefined) throw new Error(`The build holds no script ${source}`);
    return names.map((name) => `/assets/${name}`);
  }
}

function readManifest(path: string): Manifest {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (cause) {
    throw new StartError(
      cause instanceof Deno.errors.NotFound
        ? `There is no build (${path} is missing): run deno task build, or deno task start, which builds by itself`
        : `The build cannot be read, ${path}: ${reason(cause)}`,
      1,
      { cause },
    );
  }
  try {
    return v.parse(Manifest, JSON.parse(text));
  } catch (cause) {
    throw new StartError(
      `The build is damaged or of another version (${path}): run deno task build`,
      1,
      { cause },
    );
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
