/** Why the site cannot start. The message is one line for the terminal; 2 means wrong usage. */
export class StartError extends Error {
  override readonly name = "StartError";
  constructor(message: string, readonly exitCode: 1 | 2, options?: ErrorOptions) {
    super(message, options);
  }
}
