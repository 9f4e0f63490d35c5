/** Where a model on the web may be, as a visitor writes it. */

/** Browsers let a page reach the visitor's own machine by this name alone, and so does ours. */
const LOCAL_HOST = "localhost";

/**
 * The URL of the model's folder that `text` names, with a slash at the end: an address of the folder,
 * of one of its files, or, on this site (`origin`), of a model's page. Throws an Error in one line.
 */
export function folderUrl(text: string, origin: string): string {
  let url: URL;
  try {
    url = new URL(text.trim(), origin);
  } catch {
    throw new Error(`"${shortened(text)}" is no address: it should look like https://…/model/`);
  }
  const isLocal = url.protocol === "http:" && url.hostname === LOCAL_HOST;
  if (url.protocol !== "https:" && !isLocal && url.origin !== origin) {
    throw new Error(
      `"${
        shortened(text)
      }" cannot be read from here: an address begins with https:// or http://${LOCAL_HOST}`,
    );
  }
  url.search = "";
  url.hash = "";
  url.username = "";
  url.password = "";
  url.pathname = url.pathname.replace(/(card\.json|model\.json|weights\.bin)$/, "");
  if (url.origin === origin) url.pathname = url.pathname.replace(/^\/m\/([^/]+)\/?$/, "/models/$1");
  return url.href.endsWith("/") ? url.href : `${url.href}/`;
}

/** What to call a model that has no name of its own. */
export function nameOf(folder: string): string {
  const { pathname, host } = new URL(folder);
  return decoded(pathname.split("/").filter((part) => part !== "").at(-1) ?? host);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a stray % is a part of the name
  }
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
