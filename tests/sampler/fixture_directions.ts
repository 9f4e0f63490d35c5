/** Directions made by hand, along the axes of the latent space: what their readers are tested with. */
import { createHash } from "node:crypto";
import { type ModelCard, parseCard } from "../../sampler/card.ts";
import type { Directions } from "../../sampler/directions.ts";

/** Directions for a model of at least four latent numbers. */
export function exampleDirections(card: Pick<ModelCard, "latentSize" | "files">): Directions {
  const axis = (at: number, sign = 1) =>
    Array.from({ length: card.latentSize }, (_, i) => i === at ? sign : 0);
  return {
    schema: 1,
    weights: card.files["weights.bin"].sha256,
    latentSize: card.latentSize,
    seed: 1,
    samples: 20_000,
    attributes: [
      {
        ...{ id: "class-1", title: "One", question: "class", value: "1" },
        ...{ minus: "another digit", plus: "a one", vector: axis(0), accuracy: 0.93, change: 0.81 },
        leak: { question: "slant", share: 0.12 },
      },
      {
        ...{ id: "class-7", title: "Seven", question: "class", value: "7" },
        ...{ minus: "another digit", plus: "a seven", vector: axis(1), accuracy: 0.9, change: 0.7 },
        leak: { question: "slant", share: 0.2 },
      },
      {
        ...{ id: "slant", title: "Slant", question: "slant", value: null },
        ...{ minus: "leans left", plus: "leans right", vector: axis(2), accuracy: 0.88 },
        ...{ change: 0.995, leak: null },
      },
    ],
    sefa: [{ vector: axis(3), strength: 0.5 }, { vector: axis(0, -1), strength: 0.25 }],
    ganspace: [{ vector: axis(1), strength: 0.75 }],
  };
}

/** Writes the example into a model's folder and lists it in its card. */
export async function writeFixtureDirections(folder: string): Promise<void> {
  const path = `${folder}/card.json`;
  const card = parseCard(JSON.parse(await Deno.readTextFile(path)), path);
  const bytes = new TextEncoder().encode(JSON.stringify(exampleDirections(card)));
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  card.files["directions.json"] = { bytes: bytes.length, sha256 };
  await Deno.writeFile(`${folder}/directions.json`, bytes);
  await Deno.writeTextFile(path, JSON.stringify(card, null, 2));
}
