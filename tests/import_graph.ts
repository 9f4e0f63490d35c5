/**
 * The direction of imports: `train, sampler -> kernels`; `train -> sampler <- islands, widget`;
 * `routes -> islands, components`. Training and the site meet only in models/ and its card's type.
 */
import assert from "node:assert/strict";
import { configFolders, sourceFiles } from "./source_files.ts";

const ROOT = new URL("../", import.meta.url);

/** What one source file says; paths are relative to the repository's root. */
export interface Source {
  /** Resolved imports, types and literal dynamic ones included: a path, or a specifier like `npm:hono@4`. */
  imports: string[];
  /** As written. */
  specifiers: string[];
  text: string;
}
export type Graph = Record<string, Source>;

/** What the files of a folder may import beside npm packages. `.` is the root: main.ts, start.ts, build.ts, dev.ts. */
const MAY_IMPORT: Record<string, string[]> = {
  kernels: ["kernels"],
  sampler: ["sampler", "kernels"],
  train: ["train", "kernels", "sampler"],
  learn: ["learn"],
  components: ["components", "sampler/card.ts"],
  islands: ["islands", "components", "sampler", "learn"],
  widget: ["widget", "islands", "components", "sampler", "learn"],
  routes: ["routes", "islands", "components", "sampler/card.ts"],
  ".": [".", "routes", "islands", "components", "widget", "sampler/card.ts"],
  tests: ["*"],
  bench: ["*"],
};
/** Folders whose code, with everything it imports, runs in a browser. */
const BROWSER_FOLDERS = ["islands", "widget", "components", "learn"];
/** Files elsewhere that do so, too: an image's reconstruction is written for the site to use. */
const BROWSER_FILES = ["train/invert/invert.ts", "train/invert/differentiable.ts"];
/** Everything in train/ works for every objective, and so knows none by name, but for this folder. */
const OBJECTIVES = "train/objectives/";
const OBJECTIVE_NAME = /(dc|ls|w|eb)[-_]?gan/i;

/** One line a violation: which file, what it does, what is allowed. */
export function violations(graph: Graph): string[] {
  const found: string[] = [];
  for (const [file, source] of Object.entries(graph)) {
    for (const specifier of source.specifiers) {
      if (/^(https?|jsr|npm):/.test(specifier)) {
        found.push(
          `${file} imports ${specifier}: only names of deno.json's import map are allowed`,
        );
      }
    }
    const allowed = MAY_IMPORT[folderOf(file)];
    if (allowed === undefined) {
      found.push(`${file}: say in MAY_IMPORT what ${folderOf(file)}/ may import`);
      continue;
    }
    for (const target of source.imports.filter(isLocal)) {
      const fits = allowed.some((a) => a === "*" || a === target || a === folderOf(target));
      if (!fits) found.push(`${file} imports ${target}: ${folderOf(file)}/ may import ${allowed}`);
    }
    if (BROWSER_FOLDERS.includes(folderOf(file)) || BROWSER_FILES.includes(file)) {
      found.push(...unsafeInBrowser(file, graph));
    }
    if (folderOf(file) === "train" && !file.startsWith(OBJECTIVES)) {
      const name = withoutComments(source.text).match(OBJECTIVE_NAME);
      if (name) {
        found.push(`${file} names an objective ("${name[0]}"): it must work for all of them`);
      }
    }
  }
  return found;
}

/** The ways in which `entry`, with everything that it imports, needs Deno or Node. */
function unsafeInBrowser(entry: string, graph: Graph): string[] {
  const found: string[] = [];
  const reached = new Set([entry]);
  for (const file of reached) { // a Set's iteration meets what is added meanwhile
    const source = graph[file];
    if (source === undefined) continue;
    const start = `${entry} runs in a browser and reaches ${file}, which`;
    for (const target of source.imports) {
      if (target.startsWith("node:")) found.push(`${start} imports ${target}`);
      if (isLocal(target)) reached.add(target);
    }
    if (/\bDeno\./.test(withoutComments(source.text))) found.push(`${start} uses Deno.`);
  }
  return found;
}

function folderOf(file: string): string {
  return file.includes("/") ? file.slice(0, file.indexOf("/")) : ".";
}

function isLocal(target: string): boolean {
  return !/^[a-z]+:/.test(target);
}

/** TypeScript with its comments cut out; strings and templates stay as they are. */
export function withoutComments(text: string): string {
  const stringOrComment =
    /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\/[^\n]*|\/\*[^]*?\*\//g;
  return text.replaceAll(stringOrComment, (_, string) => string ?? "");
}

/** Reads the repository's own graph, as `deno info` resolves it, with each folder's own config. */
export async function readGraph(): Promise<Graph> {
  const graph: Graph = {};
  const folder = await Deno.makeTempDir({ prefix: "ganlet-graph-" });
  try {
    for (const { config, files } of configFolders(await sourceFiles(ROOT))) {
      const entry = `${folder}/entry.ts`; // one call of deno info for all files instead of one each
      const urls = files.map((file) => new URL(file, ROOT).href);
      await Deno.writeTextFile(
        entry,
        urls.map((url) => `import ${JSON.stringify(url)};\n`).join(""),
      );
      for (const module of await denoInfo(new URL(config, ROOT), entry)) {
        if (!module.specifier.startsWith(ROOT.href)) continue;
        assert(module.error === undefined, module.error);
        graph[relative(module.specifier)] = {
          imports: (module.dependencies ?? []).map(({ code, type }) => {
            const { specifier, error } = (code ?? type)!;
            assert(specifier !== undefined, `${module.specifier}: ${error}`);
            return relative(specifier);
          }),
          specifiers: (module.dependencies ?? []).map(({ specifier }) => specifier),
          text: await Deno.readTextFile(new URL(module.specifier)),
        };
      }
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  return graph;
}

function relative(url: string): string {
  return url.startsWith(ROOT.href) ? url.slice(ROOT.href.length) : url;
}

/** The parts of `deno info --json` that are read here. */
interface Module {
  specifier: string;
  error?: string;
  dependencies?: { specifier: string; code?: Resolved; type?: Resolved }[];
}
interface Resolved {
  specifier?: string;
  error?: string;
}

async function denoInfo(config: URL, entry: string): Promise<Module[]> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--config", config.pathname, entry],
    cwd: new URL("./", config),
  }).output();
  assert(success, `deno info failed: ${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout)).modules;
}
