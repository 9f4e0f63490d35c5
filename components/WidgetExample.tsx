import type { ComponentChildren } from "preact";
import { GanletElement, type GanletElementProps } from "./GanletElement.tsx";

interface Props {
  title: string;
  text: string;
  attributes: GanletElementProps;
  /** The HTML of `children`, as it is shown. */
  content?: string;
  /** Rules of static/manual.css that it shows. */
  css?: string;
  children?: ComponentChildren;
}

/** A live element beside the very HTML that makes it. */
export function Example({ title, text, attributes, content, css, children }: Props) {
  return (
    <li class="example">
      <GanletElement {...attributes}>{children}</GanletElement>
      <div>
        <h3>{title}</h3>
        <p>{text}</p>
        <pre
          class="code"
          tabIndex={0}
        ><code>{exampleCode(attributes, content)}{css && `\n\n${css}`}</code></pre>
      </div>
    </li>
  );
}

/** The element as one writes it in HTML, with `content` in it. */
export function exampleCode(attributes: GanletElementProps, content?: string): string {
  const written = Object.entries(attributes).flatMap(([name, value]) =>
    value === undefined || value === false
      ? []
      : [value === true ? name : `${name}="${String(value)}"`]
  );
  return `<ganlet-sampler\n  ${written.join("\n  ")}\n>${
    content === undefined ? "" : `\n${content}\n`
  }</ganlet-sampler>`;
}
