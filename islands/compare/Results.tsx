import { Bar } from "../../components/Bar.tsx";
import { type Column, COLUMNS, type Measured } from "../../components/results.ts";
import type { Sorting } from "./view.ts";

export interface Row {
  id: string;
  name: string;
  /** In the order of COLUMNS. */
  figures: readonly (Measured | null)[];
}

interface Props {
  /** In the order of their papers. */
  rows: readonly Row[];
  sorting: Sorting;
  /** Where a click on a heading leads, for those without JavaScript. */
  addressOf: (sorting: Sorting) => string;
  onSort: (sorting: Sorting) => void;
}

/** What was measured of each model; the headings sort. */
export function Results({ rows, sorting, addressOf, onSort }: Props) {
  const columns = COLUMNS.map((column, i) => ({ column, i }))
    .filter(({ i }) => rows.some(({ figures }) => figures[i] !== null));
  const sorted = sortRows(rows, sorting);
  return (
    <div class="wide" role="group" aria-labelledby="results-title" tabIndex={0}>
      <table class="results">
        <thead>
          <tr>
            <th scope="col">Model</th>
            {columns.map(({ column }) => (
              <Heading key={column.key} {...{ column, sorting, addressOf, onSort }} />
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map(({ id, name, figures }) => (
            <tr key={id}>
              <th scope="row">
                <a href={`/m/${id}`}>{name}</a>
              </th>
              {columns.map(({ column, i }) => (
                <td key={column.key}>
                  <Figure figure={figures[i]} scale={scaleOf(rows, column, i)} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Heading({ column, sorting, addressOf, onSort }: { column: Column } & Omit<Props, "rows">) {
  const { key, title, hint, first } = column;
  const isSorted = sorting.column === key;
  const next = { column: key, reversed: isSorted && !sorting.reversed };
  const isAscending = (first === "low") !== sorting.reversed;
  return (
    <th scope="col" aria-sort={isSorted ? isAscending ? "ascending" : "descending" : undefined}>
      <a
        href={addressOf(next)}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) {
            return;
          }
          event.preventDefault();
          onSort(next);
        }}
      >
        {title}
        <span class="sort-mark" aria-hidden="true">{isSorted ? isAscending ? "↑" : "↓" : ""}</span>
      </a>
      <span class="column-hint">{hint}</span>
    </th>
  );
}

function Figure({ figure, scale }: { figure: Measured | null; scale: number | null }) {
  if (figure === null) return <span class="none">not measured</span>;
  const { text, spread } = figure;
  return (
    <>
      <span>
        {text}
        {spread && <span class="spread" title={spread.meaning}>{spread.text}</span>}
      </span>
      {scale !== null && <Bar figure={figure} scale={scale} />}
    </>
  );
}

/** Where a column's bars end; null for a column without. */
function scaleOf(rows: readonly Row[], { hasBar, most }: Column, i: number): number | null {
  if (!hasBar) return null;
  return most ??
    Math.max(
      ...rows.map(({ figures }) => Math.max(figures[i]?.value ?? 0, figures[i]?.spread?.high ?? 0)),
    );
}

/** `rows` by a column's figures, best first unless reversed; what has none comes last either way. */
export function sortRows(rows: readonly Row[], { column, reversed }: Sorting): readonly Row[] {
  const i = COLUMNS.findIndex(({ key }) => key === column);
  if (i === -1) return rows;
  const direction = (COLUMNS[i].first === "low" ? 1 : -1) * (reversed ? -1 : 1);
  const rank = ({ figures }: Row) => figures[i] ? figures[i].value * direction : Infinity;
  return rows.toSorted((a, b) => {
    const [first, second] = [rank(a), rank(b)];
    return first === second ? 0 : first - second;
  });
}
