import type { Context } from "hono";

/** GET /healthz: the process answers. */
export const healthz = (c: Context) => c.text("ok\n", 200, { "Cache-Control": "no-store" });
