/**
 * The site while one works on it: rebuilds on every change and reloads the open pages.
 *
 *   deno task dev [--port N] [--models FOLDER]
 */

import { stop } from "esbuild";
import { build } from "./build.ts";
import { availablePort, orExit, parseServeOptions, portVariable } from "./routes/_serve.ts";

const ROOT = import.meta.dirname!;
/** Apart from the real build, which is compressed and which a production server may be serving. */
const DIST = `${ROOT}/dist/dev`;
const WATCHED = [
  "components",
  "islands",
  "kernels",
  "models",
  "routes",
  "sampler",
  "static",
  "widget",
];
/** Editors write a file in several steps. */
const SETTLE_MS = 100;

const options = orExit(() => parseServeOptions(Deno.args, portVariable(), `${ROOT}/models`));
// The server comes back on the same port after each build.
const port = orExit(() => availablePort(options.port));
let server: Deno.ChildProcess | null = null;

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, async () => {
    await endServer();
    await stop();
    Deno.exit(signal === "SIGINT" ? 130 : 143);
  });
}
await restart();

const changes = Deno.watchFs(WATCHED.map((path) => `${ROOT}/${path}`).filter(isFolder));
let settling: ReturnType<typeof setTimeout> | undefined;
let restarting = Promise.resolve();
for await (const { kind } of changes) {
  if (kind === "access") continue;
  clearTimeout(settling);
  settling = setTimeout(() => restarting = restarting.then(restart), SETTLE_MS);
}

/** Builds, and starts a server of what was built; after a failure the last good one stays. */
async function restart(): Promise<void> {
  const start = performance.now();
  try {
    await build({ dist: DIST, compress: false });
  } catch (error) {
    return console.error(error instanceof Error ? error.message : error);
  }
  console.log(`Built in ${Math.round(performance.now() - start)} ms`);
  await endServer();
  // A process of its own, so that changed routes count too.
  server = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--allow-net", "--allow-read", `${ROOT}/routes/_development.ts`, DIST],
      ...["--port", String(port), "--models", options.models],
    ],
    stdin: "piped",
  }).spawn();
}

async function endServer(): Promise<void> {
  if (server === null) return;
  const ending = server;
  server = null;
  await ending.stdin.close().catch(() => {}); // it may have ended by itself
  await ending.status;
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
