/** What may fail before the sampler's own scripts are there, and what is no failure. */

import type { GanletErrorDetail } from "./api.ts";

/** The element was removed, or given something else to show, before it came to this. */
export class Superseded extends Error {
  override readonly message = "The element was removed, or given something else to show";
}

export function typeOf(error: unknown): unknown {
  return (error as Partial<GanletErrorDetail> | null)?.type;
}

export async function loadPainter(): Promise<typeof import("./painter.ts")> {
  try {
    return await import("./painter.ts");
  } catch (cause) {
    throw Object.assign(
      new Error(`The sampler's scripts could not be loaded (${(cause as Error).message})`),
      { type: "script" },
    );
  }
}
