/** The pages that the site's head leads to. A page gets its line here when it exists. */
export const NAVIGATION = [
  { key: "gallery", path: "/", label: "Gallery" },
  { key: "compare", path: "/compare", label: "Compare" },
] as const;

export type NavigationKey = (typeof NAVIGATION)[number]["key"];
