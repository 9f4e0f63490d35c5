import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeAtomically } from "../atomic.ts";
import { markdownTable, writePart } from "../evaluate/generated.ts";
import { type Distribution, NEAR, type Reconstruction } from "./measure.ts";

const folder = fileURLToPath(new URL("../../docs/reconstruction/", import.meta.url));

/** Keeps a model's figures and picture in docs/reconstruction/, and writes the part of docs/reconstruction.md anew. */
export async function writeReconstruction(
  reconstruction: Reconstruction,
  picture: Uint8Array,
): Promise<void> {
  const { id } = reconstruction;
  await writeAtomically(join(folder, `${id}.png`), picture);
  const json = JSON.stringify(reconstruction, null, 2) + "\n";
  await writeAtomically(join(folder, `${id}.json`), new TextEncoder().encode(json));
  const all: Reconstruction[] = [];
  for (const { name } of [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1)) {
    if (name.endsWith(".json")) all.push(JSON.parse(await Deno.readTextFile(join(folder, name))));
  }
  await writePart("reconstruction.md", "reconstruction", textOf(all));
}

/** The figures of all models as a table, and a picture of each one's real images. */
export function textOf(all: readonly Reconstruction[]): string {
  const row = (id: string, images: string, d: Distribution) => [
    id,
    images,
    `${d.near} of ${d.n}`,
    ...[d.least, d.lower, d.median, d.upper, d.ninth, d.most].map((value) => value.toFixed(3)),
  ];
  const columns = ["model", "images", `below ${NEAR}`, "least", "25 %", "median", "75 %", "90 %"];
  return [
    markdownTable(
      [...columns, "most"],
      all.flatMap(({ id, own, real }) => [
        row(`\`${id}\``, "its own", own),
        row("", "real", real),
      ]),
    ),
    ...all.map(({ id, dataset }) =>
      `\`${id}\`: test images of ${dataset} from the nearest to the farthest, and below each what ` +
      `the generator makes of it.\n\n![${id}](reconstruction/${id}.png)`
    ),
  ].join("\n\n");
}
