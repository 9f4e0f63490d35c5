/** The worker that computes for a page (remote.ts). */

import type { LoadedPlan } from "../engine.ts";
import { startEngine, type WasmEngine } from "./engine.ts";
import type { Answer, Request } from "./remote.ts";

let engine: WasmEngine;
const plans = new Map<number, LoadedPlan>();
let last: Promise<void> = Promise.resolve();

self.onmessage = ({ data }: MessageEvent<Request>) => {
  last = last.then(() => answer(data));
};

/** Never rejects: nothing that came after would be answered. */
async function answer(request: Request): Promise<void> {
  if (request.kind === "dispose") return dispose(request.plan);
  try {
    const start = performance.now();
    const value = await valueOf(request);
    const buffer = ArrayBuffer.isView(value) ? [value.buffer as ArrayBuffer] : [];
    const answer: Answer = { value, milliseconds: performance.now() - start };
    self.postMessage(answer, { transfer: buffer });
  } catch (error) {
    const answer: Answer = { error: error instanceof Error ? error.message : String(error) };
    self.postMessage(answer);
  }
}

/** What fails here fails the worker, of which the page then hears. */
function dispose(plan: number): void {
  try {
    plans.get(plan)?.dispose();
    plans.delete(plan);
  } catch (error) {
    reportError(error);
  }
}

async function valueOf(request: Exclude<Request, { kind: "dispose" }>): Promise<unknown> {
  switch (request.kind) {
    case "start":
      // A visitor waits: rather one thread soon than several late.
      engine = await startEngine({ ...request, timeoutMs: 5_000 });
      return engine.shared;
    case "load": {
      const loaded = engine.load(request.content);
      plans.set(request.plan, loaded);
      return loaded.oneImage;
    }
    case "run": {
      const { plan, output, z, count } = request;
      const loaded = plans.get(plan)!;
      return output === "images" ? await loaded.run(z, count) : await loaded.pixels(z, count);
    }
  }
}
