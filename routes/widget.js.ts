/** GET /widget.js: the stable entry of `<ganlet-sampler>`. It names what lies behind it by hash, and is asked for anew each time. */

import type { Context } from "hono";
import { type Build, type EngineFiles, WIDGET_ELEMENT } from "./_build.ts";

export function widgetScript(build: Build) {
  const [element] = build.scriptUrls(WIDGET_ELEMENT);
  const script = entryScript(`.${element}`, relative(build.engineFiles()));
  return (c: Context) =>
    c.body(script, 200, {
      "Content-Type": "text/javascript; charset=utf-8",
      "Cross-Origin-Resource-Policy": "cross-origin",
    });
}

/**
 * A module that defines the element. `element` and `files` are relative to it, and the latter written so that
 * bundlers, too, see that these files belong to it.
 */
export function entryScript(element: string, { builds, worker, thread }: EngineFiles): string {
  const url = (path: string) => `new URL(${JSON.stringify(path)}, import.meta.url).href`;
  const named = Object.entries(builds).map(([name, path]) =>
    `    ${JSON.stringify(name)}: ${url(path)},`
  );
  return `import { defineGanletSampler } from ${JSON.stringify(element)};

defineGanletSampler({
  builds: {
${named.join("\n")}
  },
  worker: ${url(worker)},
  thread: ${url(thread)},
});
`;
}

function relative({ builds, worker, thread }: EngineFiles): EngineFiles {
  return {
    builds: Object.fromEntries(Object.entries(builds).map(([name, url]) => [name, `.${url}`])),
    worker: `.${worker}`,
    thread: `.${thread}`,
  };
}
