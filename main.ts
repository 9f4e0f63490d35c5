/** The site, for `deno serve main.ts` and for any host that calls a module's `fetch`. Run, it serves by itself. */

import { Build } from "./routes/_build.ts";
import { announce, orExit, parseServeOptions, portVariable, serve } from "./routes/_serve.ts";
import { createSite } from "./routes/site.ts";

const root = import.meta.dirname!;
const options = orExit(() => parseServeOptions(Deno.args, portVariable(), `${root}/models`));
const build = orExit(() => Build.read(`${root}/dist`));
const { fetch } = createSite({ build, models: options.models });

let isServed = false;
export default {
  fetch,
  /** Called by `deno serve`, before any timer. */
  onListen(address: { port: number }) {
    isServed = true;
    announce(address);
  },
};

export function listen(): void {
  orExit(() => serve(fetch, options.port));
}

// `deno serve` makes this the main module too, and then listens for us.
if (import.meta.main) setTimeout(() => isServed || listen());
