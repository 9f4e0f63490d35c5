import { join } from "node:path";
import { folderSource } from "../../sampler/deno.ts";
import { type Directions, readDirections } from "../../sampler/directions.ts";
import { markdownTable, writePart } from "../evaluate/generated.ts";
import { modelsIn } from "../evaluate/results.ts";
import { exists } from "../run_folders.ts";
import { zoo } from "../zoo.ts";
import { PICTURED, picturesFolder } from "./pictures.ts";

/** Writes the part of docs/directions.md that shows the models' directions: of those in models/ that have pictures. */
export async function writeDocument(): Promise<void> {
  const sections: string[] = [];
  for (const { card } of await modelsIn(zoo)) {
    const directions = await readDirections(folderSource(join(zoo, card.id)), card);
    if (!directions || !await exists(join(picturesFolder, card.id))) continue;
    sections.push(sectionOf(card.id, directions));
  }
  await writePart("directions.md", "directions", sections.join("\n\n"));
}

/** One model's directions: their figures, and a strip of pictures each. */
export function sectionOf(id: string, { attributes, sefa, ganspace }: Directions): string {
  const picture = (name: string, alt: string) => `![${alt}](directions/${id}/${name}.png)`;
  const percent = (share: number) => `${Number((100 * share).toFixed(1))} %`;
  const principal = (set: string, title: string, directions: Directions["sefa"]) => [
    `**${title}**`,
    markdownTable(
      ["", "strength", "−3 to 3 standard deviations"],
      directions.slice(0, PICTURED).map(({ strength }, i) => [
        String(i + 1),
        percent(strength),
        picture(`${set}-${i + 1}`, `${title}, ${i + 1}`),
      ]),
    ),
  ];
  return [
    `### \`${id}\``,
    attributes.length === 0 ? "No direction of an attribute reaches the bar." : markdownTable(
      ["direction", "accuracy", "change", "leak", "−3 to 3 standard deviations"],
      attributes.map((direction) => [
        direction.title,
        direction.accuracy.toFixed(3),
        percent(direction.change),
        direction.leak ? `${percent(direction.leak.share)} (${direction.leak.question})` : "–",
        picture(direction.id, direction.title),
      ]),
    ),
    ...principal("sefa", "SeFa", sefa),
    ...principal("ganspace", "GANSpace", ganspace),
  ].join("\n\n");
}
