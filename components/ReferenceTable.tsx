import type { ComponentChildren } from "preact";
import { anchorOf } from "./anchor.ts";
import type { Entry } from "./widget_reference.ts";

interface Props {
  title: string;
  /** Heading of the entries' types. */
  type: string;
  entries: readonly Entry[];
  note?: string;
  /** What follows the table. */
  children?: ComponentChildren;
}

/** Names with what they are; on a narrow screen each becomes a block. */
export function ReferenceTable({ title, type, entries, note, children }: Props) {
  return (
    <section class="reference">
      <h2 id={anchorOf(title)}>{title}</h2>
      {note && <p>{note}</p>}
      <table>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">{type}</th>
            <th scope="col">What it is</th>
          </tr>
        </thead>
        <tbody>
          {entries.map(({ name, type, text }) => (
            <tr key={name}>
              <th scope="row">
                <code>{name}</code>
              </th>
              <td>
                <code>{type}</code>
              </td>
              <td>{text}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {children}
    </section>
  );
}
