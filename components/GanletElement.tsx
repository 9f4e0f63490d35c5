import { type ComponentChildren, h, type Ref } from "preact";

/** The attributes of `<ganlet-sampler>`, as texts where they are written in HTML. */
export interface GanletElementProps {
  src: string;
  alt?: string;
  poster?: string;
  loading?: string;
  reveal?: string;
  seed?: string | number;
  rows?: string | number;
  columns?: string | number;
  controls?: boolean;
  backend?: string;
  truncation?: string | number;
  class?: string;
  ref?: Ref<HTMLElement>;
  children?: ComponentChildren;
}

/** `<ganlet-sampler>` (widget/): the server renders it, and /widget.js brings it to life. */
export function GanletElement({ children, ...attributes }: GanletElementProps) {
  return h("ganlet-sampler", attributes, children);
}
