/** The site: `deno task start`, `deno serve main.ts`, or any host that calls a module's `fetch`. */

import { Build } from "./routes/_build.ts";
import { announce, orExit, parseServeOptions, portVariable, serve } from "./routes/_serve.ts";
import { createSite } from "./routes/site.ts";

const here = import.meta.dirname!;
const options = orExit(() => parseServeOptions(Deno.args, portVariable(), `${here}/models`));
const build = orExit(() => Build.read(`${here}/dist`));
const { fetch } = createSite({ build, models: options.models });

let served = false;
export default {
  fetch,
  /** Called by `deno serve`, before any timer. */
  onListen(address: { port: number }) {
    served = true;
    announce(address);
  },
};

// `deno serve` makes this the main module too, and then listens by itself.
if (import.meta.main) setTimeout(() => served || orExit(() => serve(fetch, options.port)));
