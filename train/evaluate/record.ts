import { join } from "node:path";
import { parseCard } from "../../sampler/card.ts";
import { writeAtomically } from "../atomic.ts";
import { shortfallOf } from "./bar.ts";
import { sha256 } from "./classifier.ts";
import type { Evaluation } from "./evaluate.ts";
import type { Repeat } from "./repeats.ts";

/**
 * Writes an evaluation into a model's folder: `metrics` of its card, with a `shortfall` where the model stays below the bar
 * (and `reason` why it does), and the pictures samples.png and neighbours.png. The card comes last, so that it never
 * speaks of pictures that are not there.
 *
 * `repeats`, where given, are the same run with other seeds; those that the card has stay otherwise.
 */
export async function record(
  folder: string,
  { metrics, grid, neighbours }: Evaluation,
  { reason, repeats }: { reason?: string; repeats?: readonly Repeat[] } = {},
): Promise<void> {
  const path = join(folder, "card.json");
  const card = parseCard(JSON.parse(await Deno.readTextFile(path)), path);
  const kept = repeats ?? card.metrics?.repeats;
  const pictures = { "samples.png": grid, "neighbours.png": neighbours };
  for (const [name, bytes] of Object.entries(pictures)) {
    await writeAtomically(join(folder, name), bytes);
  }
  const shortfall = shortfallOf(metrics);
  const recorded = parseCard({
    ...card,
    metrics: {
      ...metrics,
      ...(kept && { repeats: kept }),
      ...(shortfall && { shortfall: `${shortfall}${reason ? `: ${reason}` : ""}.` }),
    },
    files: {
      ...card.files,
      ...Object.fromEntries(
        Object.entries(pictures).map(([name, bytes]) => [
          name,
          { bytes: bytes.length, sha256: sha256(bytes) },
        ]),
      ),
    },
  }, path);
  await writeAtomically(path, new TextEncoder().encode(JSON.stringify(recorded, null, 2) + "\n"));
}
