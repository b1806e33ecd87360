/** Thrown by a handler whose work can never succeed: the job is not tried again. */
export class PermanentError extends Error {
  override name = 'PermanentError';
}

/** Thrown by a handler that wants its next attempt after a delay of its own choice; it counts as one of the job's attempts. */
export class RetryLater extends Error {
  override name = 'RetryLater';
  readonly delayMs: number;

  constructor(delayMs: number, message = `tried again in ${delayMs} ms`) {
    super(message);
    this.delayMs = delayMs;
  }
}
