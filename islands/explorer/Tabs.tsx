import type { ComponentChildren, TargetedKeyboardEvent } from "preact";

interface Props<Name extends string> {
  /** Distinguishes these tabs' ids from others on the page. */
  id: string;
  label: string;
  tabs: readonly (readonly [name: Name, title: string])[];
  chosen: Name;
  onChoose: (name: Name) => void;
  children: ComponentChildren;
}

/** One of several panels. The arrow keys, Home and End go from tab to tab. */
export function Tabs<Name extends string>(props: Props<Name>) {
  const { id, label, tabs, chosen, onChoose, children } = props;
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLElement>) => {
    const at = tabs.findIndex(([name]) => name === chosen);
    const to: Record<string, number> = {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      Home: 0,
      End: tabs.length - 1,
    };
    const next = to[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const index = (next + tabs.length) % tabs.length;
    onChoose(tabs[index][0]);
    event.currentTarget.querySelectorAll<HTMLElement>("[role=tab]")[index].focus();
  };
  // One panel alone needs nothing to choose it by.
  if (tabs.length === 1) return <div class="tab-panel">{children}</div>;
  return (
    <>
      <div class="tabs" role="tablist" aria-label={label} onKeyDown={onKeyDown}>
        {tabs.map(([name, title]) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`${id}-${name}`}
            aria-selected={name === chosen}
            aria-controls={`${id}-panel`}
            tabIndex={name === chosen ? 0 : -1}
            onClick={() => onChoose(name)}
          >
            {title}
          </button>
        ))}
      </div>
      <div id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${chosen}`} class="tab-panel">
        {children}
      </div>
    </>
  );
}
