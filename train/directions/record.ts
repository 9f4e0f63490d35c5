import { join } from "node:path";
import { parseCard } from "../../sampler/card.ts";
import { type Directions, DIRECTIONS_FILE, parseDirections } from "../../sampler/directions.ts";
import { writeAtomically } from "../atomic.ts";
import { sha256 } from "../evaluate/classifier.ts";

/**
 * Writes directions.json into a model's folder and lists it in the card. The card comes last, so that it never speaks of a
 * file that is not there. Throws a ModelError where the directions are not this model's.
 */
export async function recordDirections(folder: string, directions: Directions): Promise<number> {
  const path = join(folder, "card.json");
  const card = parseCard(JSON.parse(await Deno.readTextFile(path)), path);
  const target = join(folder, DIRECTIONS_FILE);
  const bytes = new TextEncoder().encode(
    JSON.stringify(parseDirections(directions, card, target)) + "\n",
  );
  await writeAtomically(target, bytes);
  const recorded = parseCard({
    ...card,
    files: {
      ...card.files,
      [DIRECTIONS_FILE]: { bytes: bytes.length, sha256: sha256(bytes) },
    },
  }, path);
  await writeAtomically(path, new TextEncoder().encode(JSON.stringify(recorded, null, 2) + "\n"));
  return bytes.length;
}
