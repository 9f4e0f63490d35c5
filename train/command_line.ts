import { parseArgs } from "node:util";
import { nearest } from "./nearest.ts";
import type { Option } from "./option_table.ts";
import { Refusal } from "./refusal.ts";

/** A program's options by name. */
export type OptionTable = Readonly<Record<string, Option<unknown>>>;

/** A word or an option of a command line, as `parseArgs` finds it. */
export interface Token {
  readonly kind: string;
  readonly name?: string;
  readonly rawName?: string;
  readonly value?: string;
  readonly inlineValue?: boolean;
}

/**
 * The words and options in `args`. Throws a Refusal (exit code 2) for an option that `table` does not have, with the nearest
 * that it has, unless help is asked for.
 */
export function tokensOf(args: readonly string[], table: OptionTable): readonly Token[] {
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(table).map(([name, { value }]) => [
        name,
        { type: value ? "string" : "boolean" },
      ]),
    ),
  });
  const stranger = optionsIn(tokens).find(({ name }) => !Object.hasOwn(table, name!));
  if (stranger && !asksForHelp(tokens)) {
    const guess = didYouMean(stranger.rawName!, Object.keys(table).map((name) => `--${name}`));
    throw new Refusal(`Option ${stranger.rawName} is unknown${guess}; --help lists all`, 2);
  }
  return tokens;
}

export const asksForHelp = (tokens: readonly Token[]) =>
  optionsIn(tokens).some(({ name }) => name === "help");

export const wordsOf = (tokens: readonly Token[]) =>
  tokens.filter(({ kind }) => kind === "positional").map(({ value }) => value!);

/**
 * The options' values, those that are not given as `table` begins them. Throws a Refusal (exit code 2) that says what is
 * allowed for one that is not.
 */
export function valuesOf<Table extends OptionTable>(
  tokens: readonly Token[],
  table: Table,
): { [Name in keyof Table]: Table[Name]["initial"] } {
  const values: Record<string, unknown> = Object.fromEntries(
    Object.entries(table).map(([name, { initial }]) => [name, initial]),
  );
  for (const token of optionsIn(tokens)) {
    values[token.name!] = valueOf(token, table[token.name!]);
  }
  return values as { [Name in keyof Table]: Table[Name]["initial"] };
}

const optionsIn = (tokens: readonly Token[]) => tokens.filter(({ kind }) => kind === "option");

function valueOf(
  { rawName, value: text, inlineValue }: Token,
  { value, kind }: Option<unknown>,
): unknown {
  if (!kind) {
    if (text === undefined) return true;
    throw new Refusal(`${rawName} takes no value, it was given "${text}"`, 2);
  }
  const isMissing = text === undefined || (!inlineValue && text.startsWith("--"));
  if (isMissing) {
    throw new Refusal(
      `${rawName} needs a value: ${rawName} <${value}>; allowed: ${kind.allowed}`,
      2,
    );
  }
  const read = kind.read(text);
  if (read === undefined) {
    throw new Refusal(`${rawName} was given "${text}"; allowed: ${kind.allowed}`, 2);
  }
  return read;
}

/** " (did you mean …?)", empty where no candidate is near. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const guess = nearest(word, candidates);
  return guess === undefined ? "" : ` (did you mean ${guess}?)`;
}

/** One entry of a help text: a word, and what it means. */
export interface HelpRow {
  readonly left: string;
  readonly lines: readonly string[];
}

export function optionRows(table: OptionTable): HelpRow[] {
  return Object.entries(table).map(([name, { value, kind, initial, help, otherwise }]) => {
    const usual = otherwise ?? (kind ? String(initial) : "");
    return {
      left: `--${name}${value ? ` <${value}>` : ""}`,
      lines: [
        help + (usual && ` (default: ${usual})`),
        ...(kind?.allowed.includes(",") ? [`one of ${kind.allowed}`] : []),
      ],
    };
  });
}

/** The lines of a help text's sections, in two columns; an empty line ends each. */
export function rowsOf(sections: Readonly<Record<string, readonly HelpRow[]>>): string[] {
  const width = Math.max(...Object.values(sections).flat().map(({ left }) => left.length));
  return Object.entries(sections).flatMap(([title, rows]) => [
    title,
    ...rows.flatMap(({ left, lines }) =>
      lines.map((line, i) => `  ${(i === 0 ? left : "").padEnd(width)}  ${line}`)
    ),
    "",
  ]);
}
