/** The pages that the site's head and first page lead to. A page gets its line here when it exists. */

export type NavigationKey = "gallery" | "compare" | "explore" | "widget";

interface Entry {
  key: NavigationKey;
  path: string;
  label: string;
}

export const NAVIGATION: readonly Entry[] = [
  { key: "gallery", path: "/", label: "Gallery" },
  { key: "compare", path: "/compare", label: "Compare" },
  { key: "explore", path: "/explore", label: "Your model" },
  { key: "widget", path: "/widget", label: "Embed" },
];

/** The path of a page, null where it does not exist. */
export function pathOf(key: NavigationKey): string | null {
  return NAVIGATION.find((entry) => entry.key === key)?.path ?? null;
}
