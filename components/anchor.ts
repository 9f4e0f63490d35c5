/** The id of a section with the heading `title`: "CSS parts" has #css-parts. */
export function anchorOf(title: string): string {
  return title.toLowerCase().replaceAll(" ", "-");
}
