/** What /widget.js calls: makes `<ganlet-sampler>` known to the page. */

import type { EngineFiles } from "../sampler/mod.ts";
import { GanletSampler } from "./element.ts";

const NAME = "ganlet-sampler";

/**
 * Of several versions on one page the first stays, as an element's name can be given but once. On a
 * server, where there are no elements, nothing happens.
 */
export function defineGanletSampler(files: EngineFiles): void {
  const elements = globalThis.customElements;
  if (!elements || elements.get(NAME)) return;
  GanletSampler.engineFiles = { ...files, thread: ofThisPage(files.thread) };
  elements.define(NAME, GanletSampler);
}

/** A thread's own script must be the page's: one from elsewhere is imported by one of ours. */
function ofThisPage(script: string): string {
  // Threads there are on isolated pages alone (sampler/wasm_browser.ts).
  if (!globalThis.crossOriginIsolated || new URL(script).origin === location.origin) return script;
  const source = `import ${JSON.stringify(script)};`;
  return URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
}
