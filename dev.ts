/**
 * The site while one works on it: rebuilds on every change and reloads the open pages.
 *
 *   deno task dev [--port N] [--models FOLDER]
 *
 * The server is a child process, started anew after each build, so that changed routes count too.
 */

import { stop } from "esbuild";
import { streamSSE } from "hono/streaming";
import { build } from "./build.ts";
import { Build } from "./routes/_build.ts";
import { orExit, parseServeOptions, portVariable, serve } from "./routes/_serve.ts";
import { createSite } from "./routes/site.ts";

const ROOT = import.meta.dirname!;
/** Apart from the real build, which is compressed and which a production server may be serving. */
const DIST = `${ROOT}/dist/dev`;
const WATCHED = ["components", "islands", "kernels", "models", "routes", "sampler", "static"];
/** Editors write a file in several steps. */
const SETTLE_MS = 100;

const RELOAD_SCRIPT = `let server;
new EventSource("/dev/events").onmessage = ({ data }) => {
  if (server !== undefined && server !== data) location.reload();
  server = data;
};`;

if (Deno.args[0] === "--child") serveDevelopment(Deno.args.slice(1));
else await watch(Deno.args);

/** The child: the site, and an event stream by which pages notice that another child took over. */
function serveDevelopment(args: string[]): void {
  const options = orExit(() => parseServeOptions(args, undefined, `${ROOT}/models`));
  const extraScripts = ["/dev/reload.js"];
  const app = createSite({ build: Build.read(DIST), models: options.models, extraScripts });
  const server = crypto.randomUUID();
  app.get(
    "/dev/reload.js",
    (c) => c.body(RELOAD_SCRIPT, 200, { "Content-Type": "text/javascript" }),
  );
  app.get("/dev/events", (c) =>
    streamSSE(c, async (stream) => {
      await stream.writeSSE({ data: server, retry: 300 });
      await new Promise<void>((resolve) => stream.onAbort(resolve));
    }));
  orExit(() => serve(app.fetch, options.port));
  // The parent holds this pipe open: it ends with the parent, however that ends.
  Deno.stdin.readable.pipeTo(new WritableStream()).finally(() => Deno.exit());
}

/** The parent: builds, starts the child, and does both again after every change. */
async function watch(args: string[]): Promise<void> {
  const options = orExit(() => parseServeOptions(args, portVariable(), `${ROOT}/models`));
  const port = options.port === 0 ? freePort() : options.port;
  let child: Deno.ChildProcess | null = null;

  const endChild = async () => {
    if (child === null) return;
    await child.stdin.close().catch(() => {});
    await child.status;
    child = null;
  };
  const restart = async () => {
    const start = performance.now();
    try {
      await build({ dist: DIST, compress: false });
    } catch (error) {
      // The last good build stays on.
      return console.error(error instanceof Error ? error.message : error);
    }
    await endChild();
    child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--allow-net", "--allow-read", import.meta.filename!, "--child"],
        ...["--port", String(port), "--models", options.models],
      ],
      stdin: "piped",
    }).spawn();
    console.log(`Built in ${Math.round(performance.now() - start)} ms`);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, async () => {
      await endChild();
      await stop();
      Deno.exit(signal === "SIGINT" ? 130 : 143);
    });
  }

  await restart();
  let settling: ReturnType<typeof setTimeout> | undefined;
  let restarting = Promise.resolve();
  for await (
    const { kind } of Deno.watchFs(WATCHED.map((path) => `${ROOT}/${path}`).filter(exists))
  ) {
    if (kind === "access") continue;
    clearTimeout(settling);
    settling = setTimeout(() => restarting = restarting.then(restart), SETTLE_MS);
  }
}

/** A port that stays the same when the child is started anew. */
function freePort(): number {
  using listener = Deno.listen({ port: 0 });
  return listener.addr.port;
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
