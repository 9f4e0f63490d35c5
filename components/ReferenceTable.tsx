import type { Entry } from "./widget_reference.ts";

interface Props {
  title: string;
  /** Heading of the entries' types. */
  type: string;
  entries: readonly Entry[];
  note?: string;
}

/** Names with what they are; on a narrow screen each becomes a block. */
export function ReferenceTable({ title, type, entries, note }: Props) {
  return (
    <section class="reference">
      <h2>{title}</h2>
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
    </section>
  );
}
