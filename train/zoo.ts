import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Refusal } from "./refusal.ts";
import { exists } from "./run_folders.ts";

/** Where ganlet's models lie. */
export const zoo: string = fileURLToPath(new URL("../models/", import.meta.url));

/** A model's folder by its path, or by its id in models/. Throws a Refusal (exit code 2) where neither is one. */
export async function folderOf(model: string): Promise<string> {
  for (const folder of [model, join(zoo, model)]) {
    if (await exists(join(folder, "card.json"))) return folder;
  }
  throw new Refusal(
    `"${model}" is no model: neither ${model}/card.json nor models/${model}/card.json exists`,
    2,
  );
}
