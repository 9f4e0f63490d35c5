/**
 * The development server, which dev.ts starts anew after each build: the site, and an event stream by
 * which open pages notice that another server took over.
 *
 *   _development.ts DIST [--port N] [--models FOLDER]
 */

import { streamSSE } from "hono/streaming";
import { Build } from "./_build.ts";
import { orExit, parseServeOptions, serve } from "./_serve.ts";
import { createSite } from "./site.ts";

const RELOAD_SCRIPT = `let server;
new EventSource("/dev/events").onmessage = ({ data }) => {
  if (server !== undefined && server !== data) location.reload();
  server = data;
};
`;

const [dist, ...args] = Deno.args;
const options = orExit(() => parseServeOptions(args, undefined, "models"));
const build = orExit(() => Build.read(dist));
const app = createSite({ build, models: options.models, extraScripts: ["/dev/reload.js"] });
const server = crypto.randomUUID();

app.get("/dev/reload.js", (c) => c.body(RELOAD_SCRIPT, 200, { "Content-Type": "text/javascript" }));
app.get("/dev/events", (c) =>
  streamSSE(c, async (stream) => {
    await stream.writeSSE({ data: server, retry: 300 });
    await new Promise<void>((resolve) => stream.onAbort(resolve));
  }));
orExit(() => serve(app.fetch, options.port));

// dev.ts holds this pipe open: the server ends with it, however it ends.
await Deno.stdin.readable.pipeTo(new WritableStream());
Deno.exit();
