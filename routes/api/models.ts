/** GET /api/models: every card, and what is wrong with those that cannot be read. */

import type { Context } from "hono";
import type { Zoo } from "../_zoo.ts";

export function modelsApi(zoo: Zoo) {
  return async (c: Context) => {
    const exhibits = await zoo.list();
    return c.json({
      models: exhibits.flatMap((exhibit) => "card" in exhibit ? [exhibit.card] : []),
      damaged: exhibits.flatMap((exhibit) => "problem" in exhibit ? [exhibit] : []),
    });
  };
}
