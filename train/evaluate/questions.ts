import type { Dataset } from "../data/dataset.ts";

/** What is asked of an image: its class, or one of its attributes. */
export interface Question {
  readonly name: string;
  readonly values: readonly string[];
}

/** A question and the true answer for every image. */
export interface AnsweredQuestion extends Question {
  /** One index into `values` an image. */
  readonly labels: Uint8Array;
}

/** All that is known of a data set's images: one class each, or attributes; nothing for a folder. */
export function questionsOf({ labels, attributes }: Dataset): readonly AnsweredQuestion[] {
  if (attributes) return attributes;
  if (!labels) return [];
  const count = labels.reduce((most, label) => Math.max(most, label), 0) + 1;
  return [{ name: "class", values: [...Array(count).keys()].map(String), labels }];
}
