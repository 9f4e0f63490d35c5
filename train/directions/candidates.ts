/** Of what there may be directions. */
import type { Attribute, Ends, Observed } from "./attributes.ts";
import { groupsOf, type Names, namesOf } from "./names.ts";

/** A value that fewer samples have gives no direction: so few latents do not tell a hundred numbers. */
const RAREST = 0.01;

/** One value of a question, two groups of its values, or a quantity. */
export interface Candidate extends Names {
  readonly id: string;
  readonly attribute: number;
  readonly ends: Ends;
  /** The value that all others are held against. */
  readonly value: string | null;
  /** The values at both ends of a contrast, which leaves out all others; null of what is none. */
  readonly between: { minus: string[]; plus: string[] } | null;
}

/** A value that too few samples have, or nearly all. */
export interface Absent {
  readonly id: string;
  readonly title: string;
  readonly share: number;
}

/** Of each attribute, the values with enough samples both with and without them, then the groups that have a name. */
export function candidatesOf(
  dataset: string,
  attributes: readonly Attribute[],
  observed: Observed,
): { candidates: Candidate[]; absent: Absent[] } {
  const candidates: Candidate[] = [];
  const absent: Absent[] = [];
  attributes.forEach(({ name, values }, attribute) => {
    const add = (own: Omit<Candidate, "attribute">) => candidates.push({ ...own, attribute });
    const none = { value: null, between: null };
    if (!values) return add({ ...none, id: name, ends: null, ...namesOf(dataset, name, null) });
    const shares = values.map(() => 0);
    observed[attribute].forEach((value) => shares[value] += 1 / observed[attribute].length);
    const all = [...values.keys()];
    const shown = all.filter((value) => shares[value] >= RAREST && shares[value] <= 1 - RAREST);
    all.forEach((value) => {
      const [word, share] = [values[value], shares[value]];
      const id = `${name}-${word}`;
      const names = namesOf(dataset, name, word);
      if (!shown.includes(value)) return absent.push({ id, title: names.title, share });
      const ends = { minus: all.filter((other) => other !== value), plus: [value] };
      add({ ...none, id, ends, value: word, ...names });
    });
    groupsOf(dataset, name).forEach(({ id, ends, ...names }) => {
      const of = (words: readonly string[]) => shown.filter((v) => words.includes(values[v]));
      const [minus, plus] = [of(ends.minus), of(ends.plus)];
      if (minus.length === 0 || plus.length === 0) return;
      const between = { minus: minus.map((v) => values[v]), plus: plus.map((v) => values[v]) };
      add({ ...none, id: `${name}-${id}`, ends: { minus, plus }, between, ...names });
    });
  });
  return { candidates, absent };
}
