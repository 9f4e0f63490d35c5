/**
 * Why the operating system refused, without Deno's repetition of the call and its path:
 * `Permission denied (os error 13): readfile '/x'` becomes `Permission denied (os error 13)`.
 */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/(\(os error \d+\)): .*$/s, "$1");
}
