import { fileURLToPath } from "node:url";
import { writeAtomically } from "../atomic.ts";
import { Refusal } from "../refusal.ts";

/**
 * Replaces the part of a document in docs/ between `<!-- name: … -->` and `<!-- /name -->` by `text`, and formats it. What
 * people wrote around it stays. Throws a Refusal where the document has no such part.
 */
export async function writePart(document: string, name: string, text: string): Promise<void> {
  const path = fileURLToPath(new URL(`../../docs/${document}`, import.meta.url));
  const found = await Deno.readTextFile(path);
  const place = new RegExp(`(<!-- ${name}:[^\\n]*-->\\n)[^]*(<!-- /${name} -->)`);
  if (!place.test(found)) {
    throw new Refusal(`${path} has no part from "<!-- ${name}: … -->" to "<!-- /${name} -->"`);
  }
  const written = found.replace(place, (_, from, to) => `${from}\n${text}\n\n${to}`);
  await writeAtomically(path, new TextEncoder().encode(written));
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", path] }).output();
}

/** A table in Markdown; all columns but the first are numbers, to the right. */
export function markdownTable(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = columns.map((_, i) => i === 0 ? "---" : "--:");
  return [columns, rule, ...rows].map(line).join("\n");
}

/** A figure of so many digits, without an exponent. */
export const rounded = (value: number, digits: number) => String(Number(value.toPrecision(digits)));
