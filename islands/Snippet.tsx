import { CopyButton } from "./explorer/CopyButton.tsx";

interface Props {
  /** What the code does. */
  title: string;
  code: string;
}

/** Code to take along. */
export default function Snippet({ title, code }: Props) {
  return (
    <figure class="snippet">
      <figcaption>
        {title}
        <CopyButton what="code" text={() => code} />
      </figcaption>
      <pre tabIndex={0}><code>{code}</code></pre>
    </figure>
  );
}
