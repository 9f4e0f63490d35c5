import { writeAtomically } from "../atomic.ts";
import { Refusal } from "../refusal.ts";

const BEGIN = "<!-- figures: written by deno task modes --write -->";
const END = "<!-- end of figures -->";

/** Replaces what stands between the two marks of a Markdown file by `parts`. Throws a Refusal where a mark is missing. */
export async function replaceBetweenMarks(file: string, parts: readonly string[]): Promise<void> {
  const text = await Deno.readTextFile(file);
  const [before, rest] = text.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) throw new Refusal(`${file} lacks the lines ${BEGIN} and ${END}`);
  const changed = `${before}${BEGIN}\n\n${parts.join("\n\n")}\n\n${END}${after}`;
  await writeAtomically(file, new TextEncoder().encode(changed));
}
