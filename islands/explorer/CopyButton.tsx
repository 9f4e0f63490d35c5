import { useEffect, useState } from "preact/hooks";

interface Props {
  /** What is copied, for people: "link". */
  what: string;
  text: () => string;
}

const TOLD_MS = 2500;

/** Puts a text on the clipboard and says so, or why not. */
export function CopyButton({ what, text }: Props) {
  const [told, setTold] = useState<string | null>(null);
  useEffect(() => {
    if (told === null) return;
    const timer = setTimeout(() => setTold(null), TOLD_MS);
    return () => clearTimeout(timer);
  }, [told]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
      setTold("Copied");
    } catch {
      setTold("The browser refused"); // no permission, or a page over plain HTTP
    }
  };
  return (
    <button type="button" class="copy" onClick={copy}>
      <span aria-live="polite">{told ?? `Copy ${what}`}</span>
    </button>
  );
}
