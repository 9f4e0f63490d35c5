/** The page /embed/:id from outside: its address and how large a frame it needs. */

import type { ModelCard } from "../../sampler/card.ts";

/** Of what an address says, as the element's attributes; /m/:id has them under the same names. */
const PARAMETERS = ["seed", "truncation", "rows", "columns", "backend", "controls"] as const;

export type EmbedParameters = Partial<Record<typeof PARAMETERS[number], string>>;

/** Below the picture: the controls, at most, and the caption (static/embed.css). */
const BELOW = 190;

export function embedHeight(width: number, { imageShape: [height, across] }: ModelCard): number {
  return Math.ceil(width * height / across) + BELOW;
}

/** The parameters that an address may have, those that are harmless left to the element to judge. */
export function embedParameters(query: URLSearchParams): EmbedParameters {
  return Object.fromEntries(
    PARAMETERS.flatMap((name) => {
      const value = query.get(name);
      return value === null || value.length > 20 ? [] : [[name, value]];
    }),
  );
}

export function embedPath(id: string, query: URLSearchParams): string {
  const parameters = new URLSearchParams(embedParameters(query)).toString();
  return `/embed/${id}${parameters && `?${parameters}`}`;
}
