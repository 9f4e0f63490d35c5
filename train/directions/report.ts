import type { Absent } from "./candidates.ts";
import { CHECKS, type Found, isPublished } from "./find.ts";
import { BAR, REACH } from "./moves.ts";

/** What was found, for the terminal: every direction with its figures, those that are not published with the reason. */
export function report(found: readonly Found[], absent: readonly Absent[]): string {
  const width = Math.max(...found.map(({ title }) => title.length), 0);
  const published = found.filter(isPublished).length;
  return [
    `${published} of ${found.length} directions of attributes reach the bar: accuracy ${BAR.accuracy} ` +
    `on held-out samples, change ${BAR.change} and no leak above ${BAR.leak} from −${REACH} to ` +
    `${REACH} standard deviations in ${CHECKS} samples`,
    ...found.map((direction) => {
      const { title, accuracy, moves } = direction;
      const figures = [
        `accuracy ${accuracy.toFixed(3)}`,
        moves ? `change ${moves.change.toFixed(3)}` : "change not measured",
        ...(moves?.leaks.slice(0, 1) ?? []).map(({ share, question }) =>
          `leak ${share.toFixed(3)} (${question})`
        ),
      ];
      const why = shortfalls(direction);
      const end = why.length > 0 ? `  not published: ${why.join(", ")}` : "";
      return `  ${title.padEnd(width)}  ${figures.join("  ")}${end}`;
    }),
    ...absent.map(({ title, share }) =>
      `  ${title}: ${percent(share)} of the samples have it, which gives no direction`
    ),
  ].join("\n");
}

function shortfalls({ accuracy, moves }: Found): string[] {
  return [
    ...(accuracy < BAR.accuracy ? ["accuracy"] : []),
    ...(moves && moves.change < BAR.change ? ["change"] : []),
    ...(moves?.leaks.some(({ share }) => share > BAR.leak) ? ["leak"] : []),
  ];
}

const percent = (share: number) => `${Number((100 * share).toFixed(2))} %`;
