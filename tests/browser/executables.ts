/** The programs that the browser tests drive, and where a person may say that they are. */
const PROGRAMS = {
  chromium: {
    variable: "CHROMIUM",
    names: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
    places: [
      "/usr/lib/chromium/chromium",
      "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
      "/Applications/Chromium.app/Contents/MacOS/Chromium",
      "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
    ],
  },
  firefox: {
    variable: "FIREFOX",
    names: ["firefox-esr", "firefox"],
    places: [
      "/usr/lib/firefox-esr/firefox-esr",
      "/Applications/Firefox.app/Contents/MacOS/firefox",
      "C:\\Program Files\\Mozilla Firefox\\firefox.exe",
    ],
  },
} as const;

export type BrowserName = keyof typeof PROGRAMS;

/**
 * The path of an installed browser: the variable CHROMIUM or FIREFOX, else PATH, else the usual places.
 * `null` when there is none. A variable that names no file throws, since falling back to another
 * browser would test something else than what was asked.
 */
export function findBrowser(name: BrowserName): string | null {
  const { variable, names, places } = PROGRAMS[name];
  const chosen = Deno.env.get(variable);
  if (chosen) {
    if (isFile(chosen)) return chosen;
    throw new Error(`${variable}=${chosen} is not a file: give the path of ${name}, or unset it`);
  }
  const separator = Deno.build.os === "windows" ? ";" : ":";
  const folders = (Deno.env.get("PATH") ?? "").split(separator).filter((folder) => folder !== "");
  const candidates = folders.flatMap((folder) => names.map((file) => `${folder}/${file}`));
  return [...candidates, ...places].find(isFile) ?? null;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
