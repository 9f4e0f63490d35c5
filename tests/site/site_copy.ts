/** A copy of what serving the site needs, for tests that change it or forbid changing it. */

import { stop } from "esbuild";
import { build } from "../../build.ts";
import { TemporaryFolder, TemporarySite } from "./fixtures.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const FILES = ["main.ts", "start.ts", "dev.ts", "build.ts", "deno.json", "deno.lock"];
const FOLDERS = ["routes", "islands", "components", "kernels", "sampler", "static", "widget"];

/** With one model that cannot be sampled, and without a build. */
export class SiteCopy extends TemporaryFolder {
  constructor() {
    super();
    for (const file of FILES) Deno.copyFileSync(ROOT + file, `${this.path}/${file}`);
    for (const folder of FOLDERS) copyFolder(ROOT + folder, `${this.path}/${folder}`);
    Deno.symlinkSync(`${ROOT}node_modules`, `${this.path}/node_modules`);
    using site = new TemporarySite();
    site.addModel("wgan-gp-mnist");
    copyFolder(site.models, `${this.path}/models`);
  }

  get url(): URL {
    return new URL(`file://${this.path}/`);
  }

  async build(): Promise<void> {
    try {
      await build({ dist: `${this.path}/dist`, compress: false });
    } finally {
      await stop();
    }
  }

  /** Every path with its size and time of change, what node_modules leads to left out. */
  snapshot(): string[] {
    return snapshot(this.path);
  }

  /** Takes the right to write from everything. The superuser does not need it: see `snapshot`. */
  makeReadOnly(): void {
    setModes(this.path, 0o555, 0o444);
  }

  override [Symbol.dispose](): void {
    setModes(this.path, 0o755, 0o644);
    super[Symbol.dispose]();
  }
}

function copyFolder(from: string, to: string): void {
  Deno.mkdirSync(to, { recursive: true });
  for (const { name, isDirectory } of Deno.readDirSync(from)) {
    if (name === "node_modules") continue; // those of a program with a config of its own
    if (isDirectory) copyFolder(`${from}/${name}`, `${to}/${name}`);
    else Deno.copyFileSync(`${from}/${name}`, `${to}/${name}`);
  }
}

function setModes(folder: string, folderMode: number, fileMode: number): void {
  if (folderMode & 0o200) Deno.chmodSync(folder, folderMode);
  for (const { name, isDirectory, isSymlink } of Deno.readDirSync(folder)) {
    if (isDirectory) setModes(`${folder}/${name}`, folderMode, fileMode);
    else if (!isSymlink) Deno.chmodSync(`${folder}/${name}`, fileMode);
  }
  if (!(folderMode & 0o200)) Deno.chmodSync(folder, folderMode);
}

function snapshot(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    const { size, mtime } = Deno.lstatSync(path);
    return [`${path} ${size} ${mtime?.getTime()}`, ...(isDirectory ? snapshot(path) : [])];
  }).sort();
}
