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
  GanletSampler.engineFiles = files;
  elements.define(NAME, GanletSampler);
}
