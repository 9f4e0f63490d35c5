import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";

/** How far below the screen a part counts as in sight, so that it is drawn when it gets there. */
const MARGIN = "200px";

/**
 * The ids (`data-model`) of the parts below `root` that are on the screen or near it. `listed` says
 * which parts there are: when that changes, they are looked for again.
 */
export function useInSight(
  root: RefObject<HTMLElement | null>,
  listed: string,
): ReadonlySet<string> {
  const [inSight, setInSight] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    const visible = new Set<Element>();
    const observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) visible.add(target);
        else visible.delete(target);
      }
      setInSight(new Set([...visible].map((part) => (part as HTMLElement).dataset.model!)));
    }, { rootMargin: MARGIN });
    root.current!.querySelectorAll("[data-model]").forEach((part) => observer.observe(part));
    return () => observer.disconnect();
  }, [listed]);
  return inSight;
}
